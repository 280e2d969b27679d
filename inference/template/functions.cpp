// The functions every template can call.
#include "inference/template/builtins.h"
#include "inference/template/interpreter.h"
#include "inference/template/print.h"
#include "inference/template/time_format.h"

#include <algorithm>

namespace lares::inference::jinja {

Value NamespaceObject::call(Interpreter& interpreter, CallArguments) {
    interpreter.run().fail(FailKind::type, "'Namespace' object is not callable");
}

namespace {

Value range(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "range", arguments, {"start", "stop", "step"}, 1);
    const bool one = !given.has(1);
    return makeRange(in.run(), one ? Int{0} : given.integerOr(0, 0), given.integerOr(one ? 0 : 1, 0),
                     given.integerOr(2, 1));
}

/// The entries that dict() and namespace() are given: of a mapping or of pairs, then by keyword.
std::vector<std::pair<Value, Value>> entriesFrom(Interpreter& in, CallArguments& arguments, const char* function) {
    Run& run = in.run();
    std::vector<std::pair<Value, Value>> entries;
    if (arguments.positional.size() > 1) {
        run.fail(FailKind::type, std::string(function) + " expected at most 1 argument, got " +
                                     std::to_string(arguments.positional.size()));
    }
    if (!arguments.positional.empty()) {
        const Value& source = arguments.positional.front();
        if (source.isDict()) {
            entries = source.dict().entries;
        } else {
            for (const Value& element : elementsOf(run, source)) {
                std::vector<Value> pair = elementsOf(run, element);
                if (pair.size() != 2) {
                    run.fail(FailKind::value, "dictionary update sequence elements must be pairs");
                }
                entries.emplace_back(std::move(pair[0]), std::move(pair[1]));
            }
        }
    }
    for (auto& [name, value] : arguments.keyword) {
        entries.emplace_back(makeString(run, name), std::move(value));
    }
    return entries;
}

Value dict(Interpreter& in, CallArguments& arguments) {
    return makeDict(in.run(), entriesFrom(in, arguments, "dict"));
}

Value makeNamespace(Interpreter& in, CallArguments& arguments) {
    std::map<std::string, Value, std::less<>> values;
    for (auto& [key, value] : entriesFrom(in, arguments, "namespace")) {
        values[toText(in.run(), key).bytes()] = std::move(value);
    }
    return in.makeNamespace(std::move(values));
}

Value raiseException(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "raise_exception", arguments, {"message"}, 1);
    in.run().fail(FailKind::raised, given.textOr(0, "").bytes());
}

Value strftimeNow(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "strftime_now", arguments, {"format"}, 1);
    in.run().step(given.string(0).size() * 4);
    return makeString(in.run(), formatTime(in.now(), given.string(0).bytes()));
}

/// joiner("|"): nothing the first time, the separator from then on.
class JoinerObject : public Object {
 public:
    explicit JoinerObject(Value separator) : m_separator(std::move(separator)) {}
    std::string typeName() const override { return "Joiner"; }
    Text print() const override { return "<Joiner>"; }
    std::optional<Value> attribute(Interpreter&, std::string_view name) override {
        return name == "sep"    ? std::optional(m_separator)
               : name == "used" ? std::optional(Value(m_used))
                                : std::nullopt;
    }
    Value call(Interpreter& in, CallArguments) override {
        return std::exchange(m_used, true) ? m_separator : makeString(in.run(), "");
    }
    int nesting() const override { return m_separator.nesting() + 1; }

 private:
    Value m_separator;
    bool m_used = false;
};

Value joiner(Interpreter& in, CallArguments& arguments) {
    const Parameters given(in.run(), "joiner", arguments, {"sep"}, 0);
    in.run().allocate(sizeof(JoinerObject));
    Value separator = given.valueOr(0, makeString(in.run(), ", "));
    if (separator.nesting() >= kMaxNesting) {
        in.run().fail(FailKind::limit, "values are nested too deeply");
    }
    return Value(std::shared_ptr<Object>(std::make_shared<JoinerObject>(std::move(separator))));
}

/// cycler("odd", "even"): next() walks around.
class CyclerObject : public Object {
 public:
    explicit CyclerObject(Value items) : m_items(std::move(items)) {}
    std::string typeName() const override { return "Cycler"; }
    Text print() const override { return "<Cycler>"; }
    std::optional<Value> attribute(Interpreter&, std::string_view name) override;
    bool callable() const override { return false; }
    Value call(Interpreter& in, CallArguments) override {
        in.run().fail(FailKind::type, "'Cycler' object is not callable");
    }
    int nesting() const override { return m_items.nesting() + 1; }
    Value current() const { return m_items.sequence().items[m_at]; }
    Value next() {
        Value value = current();
        m_at = (m_at + 1) % m_items.sequence().items.size();
        return value;
    }
    void reset() { m_at = 0; }

 private:
    Value m_items;
    std::size_t m_at = 0;
};

CyclerObject* cyclerOf(const Value& value) {
    return value.isObject() ? dynamic_cast<CyclerObject*>(value.object().get()) : nullptr;
}

Value cyclerNext(Interpreter&, CallArguments& arguments) {
    return cyclerOf(arguments.positional.front())->next();
}

Value cyclerReset(Interpreter&, CallArguments& arguments) {
    cyclerOf(arguments.positional.front())->reset();
    return {};
}

std::optional<Value> CyclerObject::attribute(Interpreter&, std::string_view name) {
    return name == "current" ? std::optional(current()) : std::nullopt;
}

Value cycler(Interpreter& in, CallArguments& arguments) {
    if (arguments.positional.empty()) {
        in.run().fail(FailKind::type, "at least one item has to be provided");
    }
    in.run().allocate(sizeof(CyclerObject));
    Value items = makeSequence(in.run(), std::move(arguments.positional), Flavor::tuple);
    return Value(std::shared_ptr<Object>(std::make_shared<CyclerObject>(std::move(items))));
}

}  // namespace

const Builtin* findCyclerMethod(const Value& receiver, std::string_view name) {
    static constexpr Builtin kNext = {"next", &cyclerNext};
    static constexpr Builtin kReset = {"reset", &cyclerReset};
    return !cyclerOf(receiver) ? nullptr : name == "next" ? &kNext : name == "reset" ? &kReset : nullptr;
}

const std::vector<Builtin>& globalFunctions() {
    static const std::vector<Builtin> kFunctions = {{"range", &range},
                                                    {"dict", &dict},
                                                    {"namespace", &makeNamespace},
                                                    {"joiner", &joiner},
                                                    {"cycler", &cycler},
                                                    {"raise_exception", &raiseException},
                                                    {"strftime_now", &strftimeNow}};
    return kFunctions;
}

}  // namespace lares::inference::jinja
