// The values templates compute with: Python's, as far as templates see them. Strings, lists and dicts never change once
// made, so values are shared freely and cannot form cycles; only the objects of object.h have state.
#pragma once

#include "inference/template/run.h"
#include "inference/template/text.h"

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lares::inference::jinja {

/// Python's integers have no limit; 128 bits are as far as we go, beyond it is an error, never a wrong number.
__extension__ using Int = __int128;

class Value;
class Object;

/// What a missing name or attribute gives: prints as nothing, is false, empty; any other use is an error with
/// `message`.
struct Missing {
    std::string message;
    bool forbidden = false;  ///< there is something, but the sandbox hides it
};

struct String {
    Text text;
    std::size_t length = 0;  ///< code points
    bool ascii() const { return length == text.size(); }
};

/// Python's sequence-like types; they differ in how they print and in what they allow.
enum class Flavor { list, tuple, range, generator, dictKeys, dictValues, dictItems };

struct Sequence;
struct Dict;

class Value {
 public:
    enum class Kind { undefined, none, boolean, integer, real, string, sequence, dict, object };

    Value() : m_data(std::monostate{}) {}  ///< none
    Value(bool value) : m_data(value) {}
    Value(Int value) : m_data(value) {}
    Value(double value) : m_data(value) {}
    explicit Value(Text text);
    Value(std::shared_ptr<const Missing> missing) : m_data(std::move(missing)) {}
    Value(std::shared_ptr<const Sequence> sequence) : m_data(std::move(sequence)) {}
    Value(std::shared_ptr<const Dict> dict) : m_data(std::move(dict)) {}
    Value(std::shared_ptr<Object> object) : m_data(std::move(object)) {}
    static Value integer(std::int64_t value) { return Value(static_cast<Int>(value)); }
    static Value missing(std::string message, bool forbidden = false);

    Kind kind() const { return static_cast<Kind>(m_data.index()); }
    bool isUndefined() const { return kind() == Kind::undefined; }
    bool isNone() const { return kind() == Kind::none; }
    bool isBoolean() const { return kind() == Kind::boolean; }
    bool isInteger() const { return kind() == Kind::integer; }
    bool isReal() const { return kind() == Kind::real; }
    bool isString() const { return kind() == Kind::string; }
    bool isSequence() const { return kind() == Kind::sequence; }
    bool isDict() const { return kind() == Kind::dict; }
    bool isObject() const { return kind() == Kind::object; }
    bool isNumber() const { return isBoolean() || isInteger() || isReal(); }
    bool isWhole() const { return isBoolean() || isInteger(); }

    // The kind must fit.
    bool boolean() const { return std::get<bool>(m_data); }
    Int whole() const { return isBoolean() ? Int{boolean()} : std::get<Int>(m_data); }
    double real() const { return isReal() ? std::get<double>(m_data) : static_cast<double>(whole()); }
    const String& string() const { return *std::get<std::shared_ptr<const String>>(m_data); }
    const Text& text() const { return string().text; }
    const std::string& bytes() const { return string().text.bytes(); }
    const Sequence& sequence() const { return *std::get<std::shared_ptr<const Sequence>>(m_data); }
    const Dict& dict() const { return *std::get<std::shared_ptr<const Dict>>(m_data); }
    const std::shared_ptr<Object>& object() const { return std::get<std::shared_ptr<Object>>(m_data); }
    const Missing& missing() const { return *std::get<std::shared_ptr<const Missing>>(m_data); }
    bool isFlavor(Flavor flavor) const;
    const void* identity() const;  ///< of what is shared; nullptr for the rest

    int nesting() const;  ///< levels of containers below this value

 private:
    std::variant<std::shared_ptr<const Missing>, std::monostate, bool, Int, double, std::shared_ptr<const String>,
                 std::shared_ptr<const Sequence>, std::shared_ptr<const Dict>, std::shared_ptr<Object>>
        m_data;
};

struct Sequence {
    Flavor flavor = Flavor::list;
    std::vector<Value> items;
    std::string label;   ///< how a range prints
    bool group = false;  ///< one of groupby's: a tuple with the attributes grouper and list
    int nesting = 1;
    mutable bool consumed = false;  ///< a generator can be walked once
};

struct Dict {
    std::vector<std::pair<Value, Value>> entries;  ///< in order of insertion
    int nesting = 1;

    const Value* find(std::string_view key) const;
    const Value* find(Run& run, const Value& key) const;
};

// Makers: they count the memory and refuse nesting past kMaxNesting.
constexpr int kMaxNesting = 200;
Value makeString(Run& run, Text text);
Value makeSequence(Run& run, std::vector<Value> items, Flavor flavor = Flavor::list);
Value makeRange(Run& run, Int start, Int stop, Int step);
Value makeGroup(Run& run, Value grouper, Value members);
/// Later entries replace earlier ones of the same key; throws type for keys that Python could not hash.
Value makeDict(Run& run, std::vector<std::pair<Value, Value>> entries);
/// `fromUser` marks every string in it, keys included.
Value fromJson(Run& run, const nlohmann::ordered_json& json, bool fromUser);

bool isTrue(const Value& value);
bool equal(Run& run, const Value& a, const Value& b);
/// a < b; throws type when Python has no order for them, naming `operatorName`.
bool lessThan(Run& run, const Value& a, const Value& b, const char* operatorName = "<");
std::string typeName(const Value& value);          ///< Python's type name: "str", "NoneType"
std::string describeForError(const Value& value);  ///< as Jinja names it in messages: "'str object'" without the quotes
std::size_t lengthOf(Run& run, const Value& value);  ///< len(); throws type
/// The elements a for loop visits: of sequences, the keys of dicts, the characters of strings, none of undefined.
/// Throws type.
std::vector<Value> elementsOf(Run& run, const Value& value);
bool contains(Run& run, const Value& container, const Value& element);  ///< element in container

}  // namespace lares::inference::jinja
