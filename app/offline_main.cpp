// lares-offline: the window over scripted answers, for looking at it, for pictures and for tests. Nothing is kept.
#include "app/composition.h"
#include "app/offline/offline.h"
#include "app/offline/screenshots.h"
#include "app/window.h"

#include <QCommandLineParser>
#include <QGuiApplication>

int main(int argc, char** argv) {
    QGuiApplication app(argc, argv);
    QGuiApplication::setApplicationName(QStringLiteral("lares-offline"));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Lares"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral("The window of Lares over scripted answers; nothing is kept."));
    parser.addHelpOption();
    const QCommandLineOption empty(QStringLiteral("empty"), QStringLiteral("Begin without chats and models."));
    const QCommandLineOption pictures(QStringLiteral("screenshots"),
                                      QStringLiteral("Write a picture of every page and state into <folder>, and end."),
                                      QStringLiteral("folder"));
    parser.addOptions({empty, pictures});
    parser.process(app);

    if (parser.isSet(pictures)) return lares::app::takeScreenshots(parser.value(pictures));
    using lares::app::Samples;
    lares::app::Offline offline({}, parser.isSet(empty) ? Samples::none : Samples::chatsAndModels);
    return lares::app::runWindow(offline.composition());
}
