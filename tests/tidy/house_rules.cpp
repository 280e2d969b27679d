#include "tests/tidy/house_rules.h"

#include <algorithm>
#include <fstream>
#include <regex>
#include <sstream>

namespace lares::tidy {
namespace {

bool startsWith(const std::string& text, const std::string& prefix) {
    return text.rfind(prefix, 0) == 0;
}

bool startsWithAny(const std::string& text, const std::vector<std::string>& prefixes) {
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const std::string& p) { return startsWith(text, p); });
}

bool endsWithAny(const std::string& text, const std::vector<std::string>& suffixes) {
    return std::any_of(suffixes.begin(), suffixes.end(), [&](const std::string& s) {
        return text.size() >= s.size() && text.compare(text.size() - s.size(), s.size(), s) == 0;
    });
}

/// Who may include whom. The first rule whose folder matches a file is the one that counts.
struct IncludeRule {
    std::string folder;
    std::vector<std::string> ours;     // prefixes of "..." includes, from the project's root
    std::vector<std::string> foreign;  // regular expressions of <...> includes that are refused
};

const std::vector<IncludeRule>& includeRules() {
    static const std::string kQt = "^(Q[A-Z]|Qt[A-Z])";
    static const std::string kGui =
        "^(QtGui|QtQuick|QtQml|QtWidgets|QGuiApplication|QWindow|QQuick|QQml|QImage|QPixmap|QPainter)";
    static const std::vector<IncludeRule> rules = {
        {"vulkan/", {"vulkan/"}, {kQt, "sqlite", "SQLiteCpp", "nlohmann"}},
        {"inference/", {"inference/", "vulkan/"}, {kQt, "sqlite", "SQLiteCpp", "^vulkan/"}},
        {"storage/", {"storage/"}, {kQt, "^vulkan/"}},
        {"app/services/",
         {"app/services/", "inference/engine.h", "inference/types.h", "inference/error.h", "storage/"},
         {kGui, "^vulkan/", "sqlite", "SQLiteCpp"}},
        {"app/", {"app/", "ui/", "inference/", "vulkan/", "storage/", "tests/support/scripted_engine.h"}, {}},
        {"ui/", {"ui/", "app/services/"}, {"^vulkan/", "sqlite", "SQLiteCpp", "^QtWidgets"}},
        {"tests/", {""}, {}},
    };
    return rules;
}

/// Longest a file of each kind may grow before somebody has to ask whether it is two things.
size_t lineBudget(const std::string& path) {
    if (endsWithAny(path, {".qml", ".comp", ".glsl"})) return 250;
    if (endsWithAny(path, {".cpp", ".h"})) return 600;
    return 0;
}

struct WordRule {
    std::string name;
    std::regex pattern;
    std::vector<std::string> where;   // file endings
    std::vector<std::string> except;  // path prefixes
};

const std::vector<WordRule>& wordRules() {
    static const std::vector<std::string> kCode = {".cpp",  ".h",     ".qml",           ".comp",
                                                   ".glsl", ".cmake", "CMakeLists.txt", ".sql"};
    static const std::vector<WordRule> rules = {
        {"unfinished work is not left in the source",
         std::regex("\\b(TODO|FIXME|XXX|HACK)\\b"),
         kCode,
         {"tests/tidy/"}},
        {"values cross threads by queued signals", std::regex("BlockingQueuedConnection"), kCode, {"tests/tidy/"}},
        {"QML gets its dependencies as required properties", std::regex("setContextProperty"), kCode, {"tests/tidy/"}},
        {"Qt's Markdown drops text and fetches images; use the blocks",
         std::regex("MarkdownText|setMarkdown\\("),
         {".cpp", ".h", ".qml"},
         {"tests/tidy/", "tests/qml/"}},
        {"the environment is read in main only",
         std::regex("\\b(getenv|qgetenv|qEnvironmentVariable\\w*)\\s*\\("),
         {".cpp", ".h"},
         {"app/main.cpp", "app/offline_main.cpp", "app/cli/engine/main.cpp", "tests/"}},
        {"all traffic goes through one class, app/services/net/network_gate",
         std::regex(
             "#\\s*include\\s*<(QtNetwork|QNetwork(Acc|Re)|Q(Tcp|Udp|Ssl|Sctp|Local|Web)(Socket|Server)|QHostInfo|"
             "QDnsLookup|sys/socket|netdb|curl)"),
         {".cpp", ".h"},
         {"app/services/net/network_gate", "app/local_network", "tests/"}},
        {"nobody opens a socket by hand", std::regex("\\bsocket\\("), {".cpp", ".h"}, {"tests/"}},
        {"pages import Lares.Style, which holds our controls",
         std::regex("^\\s*import QtQuick\\.Controls"),
         {".qml"},
         {"qml/controls/", "qml/theme/"}},
        {"name the thing, not its vagueness",
         std::regex("\\b(class|struct)\\s+(?!Q)\\w*(Manager|Helper|Utils)\\b"),
         {".h", ".cpp"},
         {"tests/tidy/"}},
    };
    return rules;
}

template <typename Visit>
void forEachLine(const std::string& text, Visit visit) {
    std::istringstream lines(text);
    std::string line;
    for (size_t number = 1; std::getline(lines, line); ++number) visit(number, line);
}

std::string breach(const SourceFile& file, size_t line, const std::string& what) {
    return file.path + ":" + std::to_string(line) + ": " + what;
}

}  // namespace

std::vector<SourceFile> readSources(const std::filesystem::path& root) {
    std::vector<SourceFile> files;
    for (const char* folder : {"vulkan", "inference", "storage", "app", "ui", "qml", "tests", "packaging"}) {
        if (!std::filesystem::exists(root / folder)) continue;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
            if (!entry.is_regular_file()) continue;
            const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
            if (!endsWithAny(path, {".cpp", ".h", ".qml", ".comp", ".glsl", ".cmake", "CMakeLists.txt", ".sql"}))
                continue;
            std::ifstream in(entry.path(), std::ios::binary);
            files.push_back({path, std::string(std::istreambuf_iterator<char>(in), {})});
        }
    }
    std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.path < b.path; });
    return files;
}

std::vector<std::string> includeBreaches(const std::vector<SourceFile>& files) {
    static const std::regex kInclude("^\\s*#\\s*include\\s*([<\"])([^>\"]+)[>\"]");
    std::vector<std::string> found;
    for (const SourceFile& file : files) {
        if (!endsWithAny(file.path, {".cpp", ".h"})) continue;
        const auto& rules = includeRules();
        const auto rule = std::find_if(rules.begin(), rules.end(),
                                       [&](const IncludeRule& r) { return startsWith(file.path, r.folder); });
        if (rule == rules.end()) continue;
        forEachLine(file.text, [&](size_t number, const std::string& line) {
            std::smatch match;
            if (!std::regex_search(line, match, kInclude)) return;
            const std::string target = match[2];
            const bool ours = match[1] == "\"";
            // A quoted name without a folder is generated (moc) or stands in the build folder.
            if (ours && target.find('/') != std::string::npos && !startsWithAny(target, rule->ours))
                found.push_back(breach(file, number, rule->folder + " may not include " + target));
            if (!ours)
                for (const std::string& refused : rule->foreign)
                    if (std::regex_search(target, std::regex(refused)))
                        found.push_back(breach(file, number, rule->folder + " may not include <" + target + ">"));
        });
    }
    return found;
}

std::vector<std::string> budgetBreaches(const std::vector<SourceFile>& files) {
    std::vector<std::string> found;
    for (const SourceFile& file : files) {
        const size_t budget = lineBudget(file.path);
        const auto lines = static_cast<size_t>(std::count(file.text.begin(), file.text.end(), '\n'));
        if (budget && lines > budget)
            found.push_back(breach(file, lines, "more than " + std::to_string(budget) + " lines: is this two things?"));
    }
    return found;
}

std::vector<std::string> wordBreaches(const std::vector<SourceFile>& files) {
    std::vector<std::string> found;
    for (const SourceFile& file : files)
        for (const WordRule& rule : wordRules()) {
            if (!endsWithAny(file.path, rule.where) || startsWithAny(file.path, rule.except)) continue;
            forEachLine(file.text, [&](size_t number, const std::string& line) {
                if (std::regex_search(line, rule.pattern)) found.push_back(breach(file, number, rule.name));
            });
        }
    return found;
}

}  // namespace lares::tidy
