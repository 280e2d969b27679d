#include "ui/chat/html_entities.h"

#include <algorithm>
#include <iterator>

namespace lares::ui {
namespace {

struct Entity {
    QByteArrayView name;
    char16_t character;
};

// The names that text in natural languages uses (HTML 4), sorted for the search.
constexpr Entity kEntities[] = {
    {"AElig", 0xC6},    {"Aacute", 0xC1},  {"Agrave", 0xC0},   {"Aring", 0xC5},    {"Auml", 0xC4},    {"Ccedil", 0xC7},
    {"Delta", 0x394},   {"Eacute", 0xC9},  {"Gamma", 0x393},   {"Lambda", 0x39B},  {"Ntilde", 0xD1},  {"OElig", 0x152},
    {"Omega", 0x3A9},   {"Oslash", 0xD8},  {"Ouml", 0xD6},     {"Phi", 0x3A6},     {"Pi", 0x3A0},     {"Psi", 0x3A8},
    {"Sigma", 0x3A3},   {"Theta", 0x398},  {"Uuml", 0xDC},     {"aacute", 0xE1},   {"acirc", 0xE2},   {"aelig", 0xE6},
    {"agrave", 0xE0},   {"alpha", 0x3B1},  {"amp", 0x26},      {"and", 0x2227},    {"apos", 0x27},    {"aring", 0xE5},
    {"asymp", 0x2248},  {"atilde", 0xE3},  {"auml", 0xE4},     {"beta", 0x3B2},    {"bull", 0x2022},  {"ccedil", 0xE7},
    {"cent", 0xA2},     {"chi", 0x3C7},    {"copy", 0xA9},     {"dagger", 0x2020}, {"darr", 0x2193},  {"deg", 0xB0},
    {"delta", 0x3B4},   {"divide", 0xF7},  {"eacute", 0xE9},   {"ecirc", 0xEA},    {"egrave", 0xE8},  {"empty", 0x2205},
    {"epsilon", 0x3B5}, {"equiv", 0x2261}, {"eta", 0x3B7},     {"euml", 0xEB},     {"euro", 0x20AC},  {"exist", 0x2203},
    {"forall", 0x2200}, {"frac12", 0xBD},  {"frac14", 0xBC},   {"frac34", 0xBE},   {"gamma", 0x3B3},  {"ge", 0x2265},
    {"gt", 0x3E},       {"hArr", 0x21D4},  {"harr", 0x2194},   {"hellip", 0x2026}, {"iacute", 0xED},  {"icirc", 0xEE},
    {"iexcl", 0xA1},    {"infin", 0x221E}, {"int", 0x222B},    {"iquest", 0xBF},   {"isin", 0x2208},  {"iuml", 0xEF},
    {"kappa", 0x3BA},   {"lArr", 0x21D0},  {"lambda", 0x3BB},  {"laquo", 0xAB},    {"larr", 0x2190},  {"ldquo", 0x201C},
    {"le", 0x2264},     {"lsquo", 0x2018}, {"lt", 0x3C},       {"mdash", 0x2014},  {"micro", 0xB5},   {"middot", 0xB7},
    {"minus", 0x2212},  {"mu", 0x3BC},     {"nabla", 0x2207},  {"nbsp", 0xA0},     {"ndash", 0x2013}, {"ne", 0x2260},
    {"notin", 0x2209},  {"ntilde", 0xF1},  {"nu", 0x3BD},      {"oacute", 0xF3},   {"ocirc", 0xF4},   {"oelig", 0x153},
    {"omega", 0x3C9},   {"or", 0x2228},    {"ordm", 0xBA},     {"oslash", 0xF8},   {"otilde", 0xF5},  {"ouml", 0xF6},
    {"para", 0xB6},     {"part", 0x2202},  {"permil", 0x2030}, {"phi", 0x3C6},     {"pi", 0x3C0},     {"plusmn", 0xB1},
    {"pound", 0xA3},    {"prod", 0x220F},  {"psi", 0x3C8},     {"quot", 0x22},     {"rArr", 0x21D2},  {"radic", 0x221A},
    {"raquo", 0xBB},    {"rarr", 0x2192},  {"rdquo", 0x201D},  {"reg", 0xAE},      {"rho", 0x3C1},    {"rsquo", 0x2019},
    {"sect", 0xA7},     {"shy", 0xAD},     {"sigma", 0x3C3},   {"sub", 0x2282},    {"sum", 0x2211},   {"sup2", 0xB2},
    {"sup3", 0xB3},     {"szlig", 0xDF},   {"tau", 0x3C4},     {"theta", 0x3B8},   {"times", 0xD7},   {"trade", 0x2122},
    {"uacute", 0xFA},   {"uarr", 0x2191},  {"ucirc", 0xFB},    {"ugrave", 0xF9},   {"uuml", 0xFC},    {"xi", 0x3BE},
    {"yen", 0xA5},      {"zeta", 0x3B6},
};

QString fromCodePoint(uint value) {
    if (value == 0 || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return QString(QChar::ReplacementCharacter);
    if (value < 0x20 && value != '\n' && value != '\t') return QString(QChar(char16_t(0x2400 + value)));
    const bool bidiControl = (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069);
    if (bidiControl) return {};
    const char32_t character = value;
    return QString::fromUcs4(&character, 1);
}

}  // namespace

QString decodedEntity(QByteArrayView reference) {
    const QByteArrayView name = reference.sliced(1).chopped(1);
    if (name.startsWith('#')) {
        const bool hexadecimal = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
        bool ok = false;
        const uint value = name.sliced(hexadecimal ? 2 : 1).toByteArray().toUInt(&ok, hexadecimal ? 16 : 10);
        return ok ? fromCodePoint(value) : QString(QChar::ReplacementCharacter);
    }
    const auto* found = std::lower_bound(std::begin(kEntities), std::end(kEntities), name,
                                         [](const Entity& entity, QByteArrayView key) { return entity.name < key; });
    const bool known = found != std::end(kEntities) && found->name == name;
    return known ? QString(QChar(found->character)) : QString::fromUtf8(reference);
}

}  // namespace lares::ui
