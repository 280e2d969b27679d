#include "app/offline/screenshots.h"

#include "app/composition.h"
#include "app/offline/offline.h"
#include "app/offline/samples.h"
#include "app/window.h"
#include "ui/chat/chat_list_model.h"
#include "ui/chat/chat_view_model.h"
#include "ui/library/library_view_model.h"
#include "ui/models/model_picker_view_model.h"
#include "ui/settings/settings_view_model.h"
#include "ui/shell/navigator.h"

#include <QDir>
#include <QGuiApplication>
#include <QQuickItem>
#include <QQuickWindow>
#include <QStyleHints>
#include <QTest>

namespace lares::app {
namespace {

using ui::ModelPickerViewModel;
using ui::Navigator;
using ui::SettingsViewModel;

QString text(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), qsizetype(utf8.size()));
}

/// One window in one theme and size, and the steps that bring it into each state.
class Photographer {
 public:
    Photographer(Composition& composition, SettingsViewModel::Appearance appearance, QSize size, QString folder)
        : m_window(composition), m_folder(std::move(folder)) {
        m_suffix = QStringLiteral("-%1-%2.png")
                       .arg(appearance == SettingsViewModel::Dark ? "dark" : "light")
                       .arg(size.width());
        if (view() == nullptr) return;
        m_window.settings().setValue(setting::kReducedMotion, int(SettingsViewModel::ReducedMotion));
        m_window.settings().setAppearance(appearance);
        view()->resize(size);
        view()->requestActivate();
        m_good = QTest::qWaitForWindowActive(view());
        composition.models().listModels();
        composition.models().refreshDevices();
        QTest::qWait(150);
    }

    bool good() const { return m_good; }

    void withNothing() { take("chat-empty"); }

    void withSamples() {
        until("the chats", [this] { return m_window.chats().count() > 0; });
        until("the models", [this] { return m_window.models().count() > 0; });
        take("chat-nomodel");
        loading();
        reading();
        listPane();
        answering();
        organising();
        m_window.models().select(text(kBrokenModel));
        until("the failure", [this] { return m_window.models().state() == ModelPickerViewModel::Failed; });
        take("chat-error");
        settings();
    }

 private:
    QQuickWindow* view() const { return m_window.quickWindow(); }

    void take(const char* name) {
        QTest::qWait(120);  // the list lays out, then the frame comes
        const QString path = QDir(m_folder).filePath(QLatin1String(name) + m_suffix);
        if (!view()->grabWindow().save(path)) fail(QStringLiteral("could not write %1").arg(path));
    }
    void until(const char* what, const std::function<bool()>& condition) {
        if (!QTest::qWaitFor(condition, 20000)) fail(QStringLiteral("waited in vain for %1").arg(QLatin1String(what)));
    }
    void fail(const QString& why) {
        m_good = false;
        qWarning("screenshots: %s", qPrintable(why));
    }
    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(view(), key, modifiers);
        QTest::qWait(60);
    }
    void type(const char* ascii) {
        for (const char* c = ascii; *c != 0; ++c) QTest::keyClick(view(), *c);
    }
    void call(const char* function) { QMetaObject::invokeMethod(view(), function); }
    bool narrow() const { return view()->width() < 900; }
    void click(const char* objectName) {
        const auto items = view()->findChildren<QQuickItem*>(QLatin1String(objectName));
        const auto item = std::find_if(items.begin(), items.end(), [](const QQuickItem* i) { return i->isVisible(); });
        if (item == items.end()) return fail(QStringLiteral("no %1 to click").arg(QLatin1String(objectName)));
        const QPointF middle = (*item)->mapToScene((*item)->boundingRect().center());
        QTest::mouseClick(view(), Qt::LeftButton, Qt::NoModifier, middle.toPoint());
        QTest::mouseMove(view(), QPoint(2, view()->height() / 2));
        QTest::qWait(60);
    }

    void openChat(const QString& title) {
        for (int row = 0; row < m_window.chats().count(); ++row) {
            const QModelIndex index = m_window.chats().index(row, 0);
            if (index.data(ui::ChatListModel::TitleRole) == title) {
                m_window.chats().open(index.data(ui::ChatListModel::ChatIdRole).toDouble());
                until("the chat", [&] { return m_window.chat().title() == title && !m_window.chat().empty(); });
                return;
            }
        }
        fail(QStringLiteral("no chat called %1").arg(title));
    }

    void loading() {
        m_window.models().select(m_window.models().index(0).data(ModelPickerViewModel::PathRole).toString());
        until("loading", [this] { return m_window.models().percent() >= 40; });
        take("chat-loading");
        click("modelPicker");
        take("picker-loading");
        key(Qt::Key_Escape);
        until("the model", [this] { return m_window.models().state() == ModelPickerViewModel::Ready; });
        take("chat-new");
        click("modelPicker");
        take("picker-ready");
        key(Qt::Key_Escape);
    }

    void reading() {
        openChat(QStringLiteral("Heat pump log, fault limits"));
        take("chat-data");
        call("focusMessages");
        key(Qt::Key_Home);
        take("chat-top");
        openChat(QStringLiteral("What a confidence interval says"));
        take("chat-lists");
        openChat(QStringLiteral("Sourdough at 24 degrees"));
        take("chat-tasks");
        openChat(QStringLiteral("Reply about the deposit"));
        take("chat-letter");
    }

    void listPane() {
        if (narrow()) {
            call("openPane");
            take("list-open");
            key(Qt::Key_Escape);
        }
        call("search");
        type("brine");
        QTest::qWait(300);
        take("list-search");
        key(Qt::Key_Down);
        take("list-search-keyboard");
        m_window.chats().setSearchText({});
        QTest::qWait(300);
        key(Qt::Key_Menu);
        take("list-menu");
        key(Qt::Key_Escape);
        key(Qt::Key_F2);
        take("list-rename");
        key(Qt::Key_Escape);
        if (narrow()) key(Qt::Key_Escape);
        openChat(QStringLiteral("Rename photos by date"));
        key(Qt::Key_Delete, Qt::ControlModifier | Qt::ShiftModifier);
        until("the toast", [this] { return !m_window.chats().undoText().isEmpty(); });
        take("list-deleted");
        m_window.chats().undo();
        call("goToChat");
        key(Qt::Key_F1);
        take("keys-list");
        key(Qt::Key_Escape);
    }

    void answering() {
        key(Qt::Key_N, Qt::ControlModifier);
        type("Does the March log show a fault? I need a script for it too.");
        key(Qt::Key_Return);
        until("the question", [this] { return m_window.chat().busy(); });
        take("chat-waiting");
        type("Did the installer write anything about the filter");
        until("most of the answer", [this] { return m_window.chat().blocks()->count() >= 9; });
        QTest::qWait(500);
        take("chat-streaming");
        key(Qt::Key_Escape);
        until("the stop", [this] { return !m_window.chat().busy(); });
        take("chat-stopped");
        m_window.chat().setDraft({});
        key(Qt::Key_Up);
        take("chat-editing");
        key(Qt::Key_Escape);
        m_window.chats().remove(m_window.chat().chatId());
        m_window.chats().dismissUndo();
        QTest::qWait(100);
    }

    /// Branches, files, prompts, jumping, options, folders, the trash, a temporary chat, a chat that is nearly full.
    void organising() {
        ui::ChatListModel& chats = m_window.chats();
        ui::LibraryViewModel& library = m_window.library();
        const auto idAt = [&](int row) { return chats.index(row, 0).data(ui::ChatListModel::ChatIdRole).toDouble(); };
        library.savePrompt(QStringLiteral("Letter"), QStringLiteral("Write a short, friendly letter about "));
        library.savePrompt(QStringLiteral("Shorten"), QStringLiteral("Make this shorter and keep every number: "));
        chats.moveToNewFolder(idAt(3), QStringLiteral("House and repairs"));
        chats.setPinned(idAt(5), true);
        until("the folder", [&] { return library.folders()->count() == 1; });
        openChat(QStringLiteral("What a confidence interval says"));
        m_window.chat().edit(double(m_window.chat().blocks()->messages().first().id));
        take("chat-edit-question");
        m_window.chat().setDraft(QStringLiteral("And a credible interval?"));
        key(Qt::Key_Return);
        until("the answer", [this] { return m_window.chat().busy(); });
        until("its end", [this] { return !m_window.chat().busy(); });
        take("chat-branches");
        openChat(QStringLiteral("Heat pump log, fault limits"));
        m_window.chat().dropOlder();
        QTest::qWait(200);
        call("focusMessages");
        key(Qt::Key_Home);
        key(Qt::Key_PageDown);
        take("chat-compacted");
        call("goToChat");
        QFile file(QDir(m_folder).filePath(QStringLiteral("shopping list.txt")));
        if (file.open(QIODevice::WriteOnly)) file.write("eggs");
        file.close();
        m_window.chat().attach({QUrl::fromLocalFile(file.fileName())});
        file.remove();
        take("chat-attached");
        m_window.chat().removeAttachment(0);
        key(Qt::Key_Slash);
        take("chat-prompts");
        m_window.chat().setDraft({});
        key(Qt::Key_K, Qt::ControlModifier);
        type("brine");
        QTest::qWait(200);
        take("jump");
        key(Qt::Key_Escape);
        click("chatMenu");
        take("chat-menu");
        key(Qt::Key_Escape);
        click("chatOptions");
        take("chat-options");
        key(Qt::Key_Escape);
        chats.remove(idAt(chats.count() - 1));
        chats.dismissUndo();
        QTest::qWait(100);
        if (narrow()) call("openPane");
        click("trashRow");
        QTest::qWait(200);
        take("trash");
        key(Qt::Key_Escape);
        if (narrow()) key(Qt::Key_Escape);
        key(Qt::Key_N, Qt::ControlModifier | Qt::ShiftModifier);
        take("chat-temporary");
        key(Qt::Key_N, Qt::ControlModifier);
    }

    void settings() {
        key(Qt::Key_Comma, Qt::ControlModifier);
        const std::pair<const char*, SettingsViewModel::Page> pages[] = {
            {"settings-appearance", SettingsViewModel::AppearancePage},
            {"settings-answers", SettingsViewModel::Answers},
            {"settings-engine", SettingsViewModel::Engine},
            {"settings-network", SettingsViewModel::Network},
            {"settings-about", SettingsViewModel::About}};
        for (const auto& [name, page] : pages) {
            view()->setProperty("settingsPage", int(page));
            take(name);
        }
        if (narrow()) {
            call("openPane");
            take("settings-pane");
            key(Qt::Key_Escape);
        }
        m_window.navigator().setPlace(Navigator::Chat);
    }

    Window m_window;
    QString m_folder, m_suffix;
    bool m_good = false;
};

}  // namespace

int takeScreenshots(const QString& folder) {
    if (!QDir().mkpath(folder)) {
        qWarning("screenshots: cannot make %s", qPrintable(folder));
        return 1;
    }
    QGuiApplication::styleHints()->setCursorFlashTime(0);
    bool good = true;
    for (const QSize size : {QSize(1280, 800), QSize(420, 800)}) {
        for (const auto appearance : {SettingsViewModel::Light, SettingsViewModel::Dark}) {
            for (const Samples samples : {Samples::none, Samples::chatsAndModels}) {
                Offline offline(Script{}, samples);
                Photographer photographer(offline.composition(), appearance, size, folder);
                if (photographer.good() && samples == Samples::none) photographer.withNothing();
                if (photographer.good() && samples != Samples::none) photographer.withSamples();
                good = good && photographer.good();
            }
        }
    }
    return good ? 0 : 1;
}

}  // namespace lares::app
