#include "inference/template/time_format.h"

#include "inference/template/chat_template.h"

#include <array>
#include <optional>

namespace lares::inference::jinja {

namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                   "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"January",   "February", "March",    "April",
                                                      "May",       "June",     "July",     "August",
                                                      "September", "October",  "November", "December"};

std::string padded(int value, std::size_t width, char fill) {
    std::string digits = std::to_string(value);
    return digits.size() < width ? std::string(width - digits.size(), fill) + digits : digits;
}

std::string_view dayName(const std::tm& time) {
    return kDays[static_cast<std::size_t>(time.tm_wday) % 7];
}
std::string_view monthName(const std::tm& time) {
    return kMonths[static_cast<std::size_t>(time.tm_mon) % 12];
}

/// ISO 8601 week and the year it belongs to.
struct IsoWeek {
    int year, week;
};

IsoWeek isoWeek(const std::tm& time) {
    const auto isLeap = [](int year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; };
    const int weekday = (time.tm_wday + 6) % 7;  // Monday 0
    int year = time.tm_year + 1900;
    int week = (time.tm_yday - weekday + 10) / 7;
    const auto weeksIn = [&isLeap](int y) {
        const auto firstDay = [](int of) {
            return (of + (of - 1) / 4 - (of - 1) / 100 + (of - 1) / 400) % 7;
        };  // Sunday 0
        return firstDay(y) == 4 || (firstDay(y) == 3 && isLeap(y)) ? 53 : 52;
    };
    if (week < 1) {
        --year;
        week = weeksIn(year);
    } else if (week > weeksIn(year)) {
        ++year;
        week = 1;
    }
    return {year, week};
}

/// nullopt: no such directive.
std::optional<std::string> directive(const std::tm& time, char letter, char fillChange) {
    const auto number = [&](int value, std::size_t width, char fill = '0') {
        return padded(value, fillChange == '-' ? 1 : width, fillChange == '_' ? ' ' : fillChange == '0' ? '0' : fill);
    };
    const int hour12 = time.tm_hour % 12 == 0 ? 12 : time.tm_hour % 12;
    const int year = time.tm_year + 1900;
    switch (letter) {
        case 'a':
            return std::string(dayName(time).substr(0, 3));
        case 'A':
            return std::string(dayName(time));
        case 'b':
        case 'h':
            return std::string(monthName(time).substr(0, 3));
        case 'B':
            return std::string(monthName(time));
        case 'c':
            return formatTime(time, "%a %b %e %H:%M:%S %Y");
        case 'C':
            return number(year / 100, 2);
        case 'd':
            return number(time.tm_mday, 2);
        case 'D':
        case 'x':
            return formatTime(time, "%m/%d/%y");
        case 'e':
            return number(time.tm_mday, 2, ' ');
        case 'f':
            return "000000";
        case 'F':
            return formatTime(time, "%Y-%m-%d");
        case 'G':
            return number(isoWeek(time).year, 4);
        case 'g':
            return number(isoWeek(time).year % 100, 2);
        case 'H':
            return number(time.tm_hour, 2);
        case 'I':
            return number(hour12, 2);
        case 'j':
            return number(time.tm_yday + 1, 3);
        case 'k':
            return number(time.tm_hour, 2, ' ');
        case 'l':
            return number(hour12, 2, ' ');
        case 'm':
            return number(time.tm_mon + 1, 2);
        case 'M':
            return number(time.tm_min, 2);
        case 'n':
            return "\n";
        case 'p':
            return time.tm_hour < 12 ? "AM" : "PM";
        case 'P':
            return time.tm_hour < 12 ? "am" : "pm";
        case 'r':
            return formatTime(time, "%I:%M:%S %p");
        case 'R':
            return formatTime(time, "%H:%M");
        case 'S':
            return number(time.tm_sec, 2);
        case 't':
            return "\t";
        case 'T':
        case 'X':
            return formatTime(time, "%H:%M:%S");
        case 'u':
            return number(time.tm_wday == 0 ? 7 : time.tm_wday, 1);
        case 'U':
            return number((time.tm_yday + 7 - time.tm_wday) / 7, 2);
        case 'V':
            return number(isoWeek(time).week, 2);
        case 'w':
            return number(time.tm_wday, 1);
        case 'W':
            return number((time.tm_yday + 7 - (time.tm_wday + 6) % 7) / 7, 2);
        case 'y':
            return number(year % 100, 2);
        case 'Y':
            return number(year, 4);
        case 'z':
        case 'Z':
            return "";  // the time is without a zone
        case '%':
            return "%";
        default:
            return std::nullopt;
    }
}

}  // namespace

std::string formatTime(const std::tm& time, std::string_view format) {
    std::string out;
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] != '%') {
            out += format[i];
            continue;
        }
        const bool changesFill =
            i + 1 < format.size() && std::string_view("-_0").find(format[i + 1]) != std::string_view::npos;
        const std::size_t at = i + (changesFill ? 2 : 1);
        const auto text =
            at < format.size() ? directive(time, format[at], changesFill ? format[i + 1] : '\0') : std::nullopt;
        if (text) {
            out += *text;
            i = at;
        } else {
            out += '%';
        }
    }
    return out;
}

}  // namespace lares::inference::jinja

namespace lares::inference {

namespace {

/// Exactly `digits` digits at `at`, which moves behind them; nullopt when they are not there.
std::optional<int> readDigits(std::string_view text, std::size_t& at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i, ++at) {
        if (at >= text.size() || text[at] < '0' || text[at] > '9') {
            return std::nullopt;
        }
        value = value * 10 + (text[at] - '0');
    }
    return value;
}

}  // namespace

std::optional<std::tm> parseIsoTime(std::string_view text) {
    std::size_t at = 0;
    const auto part = [&](std::string_view separators, std::size_t digits) -> std::optional<int> {
        if (!separators.empty() && (at >= text.size() || separators.find(text[at++]) == std::string_view::npos)) {
            return std::nullopt;
        }
        return readDigits(text, at, digits);
    };
    const auto year = part("", 4), month = part("-", 2), day = part("-", 2);
    if (!year || !month || !day || *month < 1 || *month > 12) {
        return std::nullopt;
    }
    std::tm time{};
    if (at < text.size()) {
        const auto hour = part("T ", 2), minute = part(":", 2);
        const auto second = at < text.size() && text[at] == ':' ? part(":", 2) : std::optional<int>(0);
        if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
            return std::nullopt;
        }
        time.tm_hour = *hour;
        time.tm_min = *minute;
        time.tm_sec = *second;
    }
    const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day))};
    if (!date.ok()) {
        return std::nullopt;
    }
    const std::chrono::sys_days days(date);
    time.tm_year = *year - 1900;
    time.tm_mon = *month - 1;
    time.tm_mday = *day;
    time.tm_wday = static_cast<int>(std::chrono::weekday(days).c_encoding());
    time.tm_yday = static_cast<int>((days - std::chrono::sys_days(date.year() / std::chrono::January / 1)).count());
    time.tm_isdst = -1;
    return time;
}

}  // namespace lares::inference
