// The real window over the scripted engine, for tests: any warning while it lives is a failure.
#pragma once

#include "app/composition.h"
#include "app/offline/offline.h"
#include "app/offline/samples.h"
#include "app/window.h"
#include "ui/chat/chat_list_model.h"
#include "ui/chat/chat_view_model.h"
#include "ui/models/model_picker_view_model.h"
#include "ui/settings/settings_view_model.h"
#include "ui/shell/navigator.h"

#include <QMutex>
#include <QQuickItem>
#include <QQuickWindow>
#include <QTest>

namespace lares::test {

/// Collects warnings and worse from every thread while it lives. Made in init(): Qt Test takes the handler over before.
class Warnings {
 public:
    Warnings() { s_previous = qInstallMessageHandler(&Warnings::take); }
    ~Warnings() { qInstallMessageHandler(s_previous); }
    Warnings(const Warnings&) = delete;
    Warnings& operator=(const Warnings&) = delete;

    static QStringList all() {
        const QMutexLocker lock(&s_mutex);
        return s_all;
    }
    static void clear() {
        const QMutexLocker lock(&s_mutex);
        s_all.clear();
    }

 private:
    static void take(QtMsgType type, const QMessageLogContext& context, const QString& text) {
        // Said by Qt of itself: where the environment has no session, when a window with a driver of its own closes,
        // and when a list is made anew before all rows of the old one are.
        const bool ours = !text.startsWith(QLatin1String("QStandardPaths: XDG_RUNTIME_DIR")) &&
                          !text.startsWith(QLatin1String("QUnifiedTimer::stopAnimationDriver")) &&
                          !text.startsWith(QLatin1String("DelegateModel::cancel: index out range"));
        if (ours && (type == QtWarningMsg || type == QtCriticalMsg)) {
            const QMutexLocker lock(&s_mutex);
            s_all += text;
        }
        s_previous(type, context, text);
    }

    static inline QtMessageHandler s_previous = nullptr;
    static inline QMutex s_mutex;
    static inline QStringList s_all;
};

/// A window of 1280 x 800 without motion; the sample chats are listed, no model is loaded.
class Lares {
 public:
    explicit Lares(app::Samples samples = app::Samples::chatsAndModels, int perWordMs = 5)
        : offline({std::chrono::milliseconds(perWordMs), std::chrono::milliseconds(100)}, samples),
          window(offline.composition()) {
        if (view() == nullptr) return;
        window.settings().setValue(app::setting::kReducedMotion, int(ui::SettingsViewModel::ReducedMotion));
        view()->requestActivate();
        const bool chatsAwaited = samples != app::Samples::none;
        ready =
            QTest::qWaitForWindowActive(view()) &&
            (!chatsAwaited || QTest::qWaitFor([this] { return chats().count() == int(app::sampleChats().size()); }));
    }

    QQuickWindow* view() const { return window.quickWindow(); }
    ui::ChatListModel& chats() { return window.chats(); }
    ui::ChatViewModel& chat() { return window.chat(); }

    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
        QTest::keyClick(view(), key, modifiers);
        QTest::qWait(20);
    }
    void type(const char* ascii) {
        for (const char* c = ascii; *c != 0; ++c) QTest::keyClick(view(), *c);
    }
    [[nodiscard]] bool loadModel() {
        window.models().select(QString::fromUtf8(app::sampleModels().front().file.data()));
        return QTest::qWaitFor([this] { return window.models().state() == ui::ModelPickerViewModel::Ready; });
    }
    [[nodiscard]] bool openChat(const QString& title) {
        for (int row = 0; row < chats().count(); ++row) {
            if (chats().index(row, 0).data(ui::ChatListModel::TitleRole) != title) continue;
            chats().open(chats().index(row, 0).data(ui::ChatListModel::ChatIdRole).toDouble());
            return QTest::qWaitFor([&] { return chat().title() == title && !chat().empty(); });
        }
        return false;
    }
    QStringList titles() {
        QStringList all;
        for (int row = 0; row < chats().count(); ++row) {
            all += chats().index(row, 0).data(ui::ChatListModel::TitleRole).toString();
        }
        return all;
    }
    /// The first shown item whose QML type is `type`.
    QQuickItem* shown(const char* type) const { return find(view()->contentItem(), type); }

    app::Offline offline;
    app::Window window;
    bool ready = false;

 private:
    static QQuickItem* find(QQuickItem* item, const char* type) {
        if (!item->isVisible()) return nullptr;
        const QByteArray name(item->metaObject()->className());
        if (name.startsWith(QByteArray(type) + "_QMLTYPE_")) return item;
        for (QQuickItem* child : item->childItems()) {
            if (QQuickItem* found = find(child, type)) return found;
        }
        return nullptr;
    }
};

}  // namespace lares::test
