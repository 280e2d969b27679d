// lares: the window, or with a command the same program in the terminal. Options first, because --version and commands
// must work where there is no display.
#include "app/cli/command.h"
#include "app/composition.h"
#include "app/services/threads/failure.h"
#include "app/window.h"
#include "inference/engine.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <QDir>
#include <QGuiApplication>
#include <QStandardPaths>

namespace {

using lares::cli::Arguments;
using lares::cli::UsageError;

constexpr const char* kUsage =
    "usage: lares [options]                 the window; without a display the same as lares chat\n"
    "       lares chat [--model M]          a chat in the terminal, kept like any other\n"
    "       lares ask TEXT [--model M] [--json]\n"
    "                                       one answer; TEXT may come from standard input\n"
    "       lares chats list | search TEXT | export FILE [--chat ID] | import FILE  [--json]\n"
    "                                       your chats; FILE ends in .md, .html, .pdf or .json\n"
    "       lares models VERB ...           list [--everywhere], info M, search TEXT,\n"
    "                                       download REPO[:FILE], add FILE, remove M [--delete]\n"
    "       lares network-log [--json]      every connection that was ever made\n"
    "M is a GGUF file or the name of a model that was used before; left out, the last one is meant.\n"
    "options:\n"
    "  --profile DIR        keep everything in DIR instead of your data folder\n"
    "  --device DEVICE      auto, cpu, vulkan or vulkan:N (lares-engine devices lists them)\n"
    "  --offline            refuse every connection\n"
    "  --version, --help\n";

bool hasDisplay() {
    for (const char* name : {"WAYLAND_DISPLAY", "DISPLAY", "QT_QPA_PLATFORM"}) {
        const char* const value = std::getenv(name);
        if (value != nullptr && *value != '\0') return true;
    }
    return false;
}

struct CommandLine {
    Arguments arguments;
    bool version = false, help = false, offline = false;
    std::optional<std::string> profile, device, command;
};

CommandLine parse(int argc, char** argv) {
    CommandLine line{Arguments({argv + std::min(argc, 1), argv + argc}), false, false, false, {}, {}, {}};
    line.version = line.arguments.flag("--version");
    line.help = line.arguments.flag("--help") || line.arguments.flag("-h");
    line.offline = line.arguments.flag("--offline");
    line.profile = line.arguments.value("--profile");
    line.device = line.arguments.value("--device");
    line.command = line.arguments.optionalWord();
    return line;
}

lares::app::CompositionOptions compositionOptions(const CommandLine& line) {
    lares::app::CompositionOptions options;
    options.makeEngine = lares::inference::makeEngine;
    options.profileFolder = line.profile ? QDir(QString::fromStdString(*line.profile)).absolutePath()
                                         : QStandardPaths::writableLocation(QStandardPaths::AppDataLocation);
    options.device = QString::fromStdString(line.device.value_or(""));
    options.offline = line.offline;
    options.places =
        lares::app::usualPlaces(QDir::homePath(), [](const char* name) { return qEnvironmentVariable(name); });
    return options;
}

int runCommand(const std::string& command, CommandLine& line, int argc, char** argv) {
    if (command == "chats") {
        if (!hasDisplay()) qputenv("QT_QPA_PLATFORM", "offscreen");  // a PDF needs fonts, not a screen
        const QGuiApplication application(argc, argv);
        return lares::cli::runChats(compositionOptions(line), line.arguments);
    }
    const QCoreApplication application(argc, argv);
    if (command == "ask") return lares::cli::runAsk(compositionOptions(line), line.arguments);
    if (command == "chat") return lares::cli::runChat(compositionOptions(line), line.arguments);
    if (command == "models") return lares::cli::runModels(compositionOptions(line), line.arguments);
    if (command == "network-log") return lares::cli::runNetworkLog(compositionOptions(line), line.arguments);
    throw UsageError("There is no command " + command + ".");
}

int showWindow(CommandLine& line, int argc, char** argv) {
    line.arguments.finish();
    const QGuiApplication application(argc, argv);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Lares"));
    QGuiApplication::setDesktopFileName(QStringLiteral("lares"));
    std::optional<lares::app::Composition> composition;
    try {
        composition.emplace(compositionOptions(line));
    } catch (...) {
        return lares::app::showProblem(lares::app::currentFailure().sentence);
    }
    composition->models().selectLastUsed();
    return lares::app::runWindow(*composition);
}

int run(int argc, char** argv) {
    CommandLine line = parse(argc, argv);
    if (line.help) return std::fputs(kUsage, stdout), 0;
    if (line.version) return std::puts("lares " LARES_VERSION), 0;
    if (line.command) return runCommand(*line.command, line, argc, argv);
    if (hasDisplay()) return showWindow(line, argc, argv);
    std::fputs("There is no display here, so this is the chat in the terminal.\n", stderr);
    return runCommand("chat", line, argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
    QCoreApplication::setApplicationName(QStringLiteral("lares"));
    QCoreApplication::setApplicationVersion(QStringLiteral(LARES_VERSION));
    try {
        return run(argc, argv);
    } catch (const UsageError& error) {
        std::fprintf(stderr, "lares: %s\n%s", error.what(), kUsage);
        return 2;
    } catch (...) {
        const lares::app::Failure failure = lares::app::currentFailure();
        std::fprintf(stderr, "lares: %s\n", qUtf8Printable(failure.sentence));
        if (!failure.detail.isEmpty()) std::fprintf(stderr, "  (%s)\n", qUtf8Printable(failure.detail));
        return 1;
    }
}
