#include "app/window.h"

#include "app/composition.h"
#include "app/local_network.h"
#include "ui/chat/chat_list_model.h"
#include "ui/chat/chat_view_model.h"
#include "ui/library/jump_model.h"
#include "ui/library/library_view_model.h"
#include "ui/models/model_picker_view_model.h"
#include "ui/settings/settings_view_model.h"
#include "ui/shell/answer_notifier.h"
#include "ui/shell/icon_provider.h"
#include "ui/shell/navigator.h"
#include "ui/shell/system_theme.h"

#include <QFontDatabase>
#include <QGuiApplication>
#include <QQmlApplicationEngine>
#include <QQuickWindow>

namespace lares::app {
namespace {

/// The face the window was drawn for, where it is installed; else the system's own.
void chooseFont() {
    if (!QFontDatabase::families().contains(QLatin1String("Inter"))) return;
    QFont font = QGuiApplication::font();
    font.setFamily(QStringLiteral("Inter"));
    QGuiApplication::setFont(font);
}

template <typename T>
QVariant object(T& value) {
    return QVariant::fromValue(&value);
}

/// What every window of ours needs of its engine; the network must outlive it.
void prepare(QQmlApplicationEngine& engine, LocalNetworkFactory& network) {
    chooseFont();
    engine.setNetworkAccessManagerFactory(&network);
    engine.addImageProvider(QStringLiteral("icons"), new ui::IconProvider);
    engine.addImportPath(QStringLiteral("qrc:/qt/qml"));
}

}  // namespace

struct Window::Parts {
    explicit Parts(Composition& composition)
        : chat(composition.chats(), composition.models(), composition.library(), composition.sideQuestions()),
          chats(composition.chats(), composition.library(), chat),
          library(composition.library(), composition.transfer(), chat),
          jump(composition.chats()),
          notifier(composition.chats(), chat, ui::AnswerNotifier::sessionDesktop()),
          models(composition.models()),
          settings(composition.settings(), composition.models()) {}

    LocalNetworkFactory network;
    ui::Navigator navigator;
    ui::SystemTheme systemTheme;
    ui::ChatViewModel chat;
    ui::ChatListModel chats;
    ui::LibraryViewModel library;
    ui::JumpModel jump;
    ui::AnswerNotifier notifier;
    ui::ModelPickerViewModel models;
    ui::SettingsViewModel settings;
    QQmlApplicationEngine engine;  // last: it goes first and lets go of all of the above
};

Window::Window(Composition& composition) {
    m_parts = std::make_unique<Parts>(composition);
    Parts& parts = *m_parts;
    prepare(parts.engine, parts.network);
    parts.engine.setInitialProperties({{QStringLiteral("navigator"), object(parts.navigator)},
                                       {QStringLiteral("systemTheme"), object(parts.systemTheme)},
                                       {QStringLiteral("chats"), object(parts.chats)},
                                       {QStringLiteral("chat"), object(parts.chat)},
                                       {QStringLiteral("library"), object(parts.library)},
                                       {QStringLiteral("jump"), object(parts.jump)},
                                       {QStringLiteral("notifier"), object(parts.notifier)},
                                       {QStringLiteral("models"), object(parts.models)},
                                       {QStringLiteral("settings"), object(parts.settings)}});
    parts.engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Lares/Main.qml")));
}

Window::~Window() = default;

QQuickWindow* Window::quickWindow() const {
    const QObjectList roots = m_parts->engine.rootObjects();
    return roots.isEmpty() ? nullptr : qobject_cast<QQuickWindow*>(roots.first());
}

ui::Navigator& Window::navigator() {
    return m_parts->navigator;
}

ui::ChatListModel& Window::chats() {
    return m_parts->chats;
}

ui::ChatViewModel& Window::chat() {
    return m_parts->chat;
}

ui::LibraryViewModel& Window::library() {
    return m_parts->library;
}

ui::ModelPickerViewModel& Window::models() {
    return m_parts->models;
}

ui::SettingsViewModel& Window::settings() {
    return m_parts->settings;
}

int runWindow(Composition& composition) {
    const Window window(composition);
    return window.quickWindow() == nullptr ? 1 : QGuiApplication::exec();
}

int showProblem(const QString& sentence) {
    LocalNetworkFactory network;
    ui::SystemTheme systemTheme;
    QQmlApplicationEngine engine;
    prepare(engine, network);
    engine.setInitialProperties(
        {{QStringLiteral("systemTheme"), object(systemTheme)}, {QStringLiteral("sentence"), sentence}});
    engine.load(QUrl(QStringLiteral("qrc:/qt/qml/Lares/ProblemWindow.qml")));
    if (!engine.rootObjects().isEmpty()) QGuiApplication::exec();
    return 1;
}

}  // namespace lares::app
