// The window by its keys alone, in its widths and themes. Every test fails on any QML warning.
#include "tests/qml/window_fixture.h"

#include <QGuiApplication>
#include <QImage>
#include <QSignalSpy>

#include <optional>

using lares::app::Samples;
using lares::test::Lares;
using lares::test::Warnings;
using lares::ui::ChatViewModel;
using lares::ui::ModelPickerViewModel;
using lares::ui::Navigator;
using lares::ui::SettingsViewModel;

class TestWindow : public QObject {
    Q_OBJECT

    std::optional<Warnings> m_warnings;

 private slots:
    void init() {
        Warnings::clear();
        m_warnings.emplace();
    }
    void cleanup() {
        m_warnings.reset();
        QCOMPARE(Warnings::all(), QStringList());
    }

    void beginsEmptyAndReadyToType() {
        Lares lares(Samples::none);
        QVERIFY(lares.ready);
        QVERIFY(lares.chat().empty());
        lares.type("Hello");
        QCOMPARE(lares.chat().draft(), QStringLiteral("Hello"));
        QVERIFY(!lares.chat().canSend());  // no model: nothing is sent, nothing typed is lost
        lares.key(Qt::Key_Return);
        QCOMPARE(lares.chat().draft(), QStringLiteral("Hello"));
    }

    void sendsAndStops() {
        Lares lares(Samples::none, 30);
        QVERIFY(lares.ready);
        QVERIFY(lares.loadModel());
        lares.type("One");
        lares.key(Qt::Key_Return, Qt::ShiftModifier);
        lares.type("two");
        QCOMPARE(lares.chat().draft(), QStringLiteral("One\ntwo"));
        lares.key(Qt::Key_Return);
        QTRY_VERIFY(lares.chat().busy());
        QCOMPARE(lares.chat().draft(), QString());
        lares.type("next");  // typing goes on while the answer is written
        QCOMPARE(lares.chat().draft(), QStringLiteral("next"));
        QTRY_COMPARE(lares.chat().activity(), ChatViewModel::Answering);
        lares.key(Qt::Key_Escape);
        QTRY_VERIFY(!lares.chat().busy());
        QTRY_COMPARE(lares.chat().blocks()->messages().last().state, lares::ui::MessageEntry::State::stopped);
        QCOMPARE(lares.chat().draft(), QStringLiteral("next"));
        QTRY_COMPARE(lares.chats().count(), 1);
    }

    void answersToTheEndAndFollowsIt() {
        Lares lares(Samples::chatsAndModels, 2);
        QVERIFY(lares.ready);
        QVERIFY(lares.loadModel());
        lares.type("Does the March log show a fault? I need a script for it too.");
        lares.key(Qt::Key_Return);
        QTRY_VERIFY(lares.chat().busy());
        QTRY_VERIFY_WITH_TIMEOUT(!lares.chat().busy(), 20000);
        QQuickItem* list = lares.shown("MessageList");
        QVERIFY(list != nullptr);
        QTRY_VERIFY(list->property("atEnd").toBool());
        QCOMPARE(lares.chat().blocks()->messages().last().text,
                 QString::fromUtf8(
                     lares::app::sampleAnswer("Does the March log show a fault? I need a script for it too.").data()));
    }

    void scrollingUpStaysAndTheEndIsOneKeyAway() {
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.openChat(QStringLiteral("Heat pump log, fault limits")));
        QQuickItem* list = lares.shown("MessageList");
        QVERIFY(list != nullptr);
        QTRY_VERIFY(list->property("atEnd").toBool());
        QMetaObject::invokeMethod(lares.view(), "focusMessages");
        lares.key(Qt::Key_Home);
        QTest::qWait(100);
        QVERIFY(!list->property("atEnd").toBool());
        QVERIFY(!list->property("following").toBool());
        lares.key(Qt::Key_End);
        QTRY_VERIFY(list->property("atEnd").toBool());
        lares.type("x");  // a letter belongs to the composer, wherever the focus is
        QCOMPARE(lares.chat().draft(), QStringLiteral("x"));
    }

    void newChatAndNeighbours() {
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.openChat(lares.titles().at(1)));
        lares.key(Qt::Key_Up, Qt::AltModifier);
        QTRY_COMPARE(lares.chat().title(), lares.titles().at(0));
        lares.key(Qt::Key_Down, Qt::AltModifier);
        QTRY_COMPARE(lares.chat().title(), lares.titles().at(1));
        lares.key(Qt::Key_N, Qt::ControlModifier);
        QTRY_VERIFY(lares.chat().empty());
    }

    void renamesByF2() {
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.openChat(QStringLiteral("Night train to Lisbon")));
        lares.key(Qt::Key_F2);
        lares.type("Trains");
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.chat().title(), QStringLiteral("Trains"));
        QTRY_VERIFY(lares.titles().contains(QStringLiteral("Trains")));
        lares.key(Qt::Key_F2);
        lares.type("Not this");
        lares.key(Qt::Key_Escape);
        QTest::qWait(50);
        QCOMPARE(lares.chat().title(), QStringLiteral("Trains"));
    }

    void renamesAndDeletesInTheList() {
        Lares lares;
        QVERIFY(lares.ready);
        const QStringList before = lares.titles();
        lares.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        lares.key(Qt::Key_Down);  // into the list, first row
        lares.key(Qt::Key_F2);
        lares.type("First");
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.titles().at(0), QStringLiteral("First"));
        lares.key(Qt::Key_Delete);
        QTRY_COMPARE(lares.titles(), before.mid(1));
        QTRY_VERIFY(lares.shown("WindowToast") != nullptr);
        lares.key(Qt::Key_Z, Qt::ControlModifier);
        QTRY_COMPARE(lares.titles().size(), before.size());
        QTRY_VERIFY(lares.shown("WindowToast") == nullptr);
    }

    void searchesEveryMessage() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        lares.type("exiftool");
        QTRY_COMPARE(lares.titles(), QStringList{QStringLiteral("Rename photos by date")});
        lares.key(Qt::Key_Down);
        lares.key(Qt::Key_Return);
        QTRY_COMPARE(lares.chat().title(), QStringLiteral("Rename photos by date"));
        lares.key(Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
        lares.key(Qt::Key_Escape);
        QTRY_COMPARE(lares.titles().size(), int(lares::app::sampleChats().size()));
    }

    void settingsTakeHoldAtOnce() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.window.settings().setAppearance(SettingsViewModel::Light);
        lares.key(Qt::Key_Comma, Qt::ControlModifier);
        QCOMPARE(lares.window.navigator().place(), Navigator::Settings);
        QTRY_VERIFY(lares.shown("SettingsPage") != nullptr);
        QCOMPARE(lares.view()->color(), QColor(QStringLiteral("#FFFFFF")));
        lares.window.settings().setAppearance(SettingsViewModel::Dark);
        QTRY_COMPARE(lares.view()->color(), QColor(QStringLiteral("#1C201E")));
        lares.key(Qt::Key_Escape);
        QCOMPARE(lares.window.navigator().place(), Navigator::Chat);
    }

    void everyDecimalAndNumberHasItsControl() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.key(Qt::Key_Comma, Qt::ControlModifier);
        lares.view()->setProperty("settingsPage", int(SettingsViewModel::Answers));
        QTest::qWait(50);
        QVERIFY(lares.shown("DecimalEditor") != nullptr);
        QVERIFY(lares.shown("SpinBox") != nullptr);
        QQuickItem* prompt = lares.shown("TextArea");
        QVERIFY(prompt != nullptr);
        prompt->forceActiveFocus();
        lares.type("Be brief.");
        QTRY_COMPARE(lares.offline.composition().settings().value(lares::app::setting::kSystemPrompt).toString(),
                     QStringLiteral("Be brief."));
        lares.view()->setProperty("settingsPage", int(SettingsViewModel::Engine));
        QTRY_VERIFY(lares.shown("DeviceCard") != nullptr);
        QVERIFY(lares.shown("Pill") != nullptr);
    }

    void keysAreListedAndClosed() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.key(Qt::Key_F1);
        QTRY_VERIFY(QGuiApplication::focusObject() != nullptr);
        QObject* dialog = lares.view()->findChild<QObject*>(QStringLiteral("keysDialog"));
        QVERIFY(dialog != nullptr);
        QTRY_VERIFY(dialog->property("opened").toBool());
        lares.key(Qt::Key_Escape);
        QTRY_VERIFY(!dialog->property("visible").toBool());
        QCOMPARE(lares.window.navigator().place(), Navigator::Chat);
        lares.type("y");  // the focus is back where it was
        QCOMPARE(lares.chat().draft(), QStringLiteral("y"));
    }

    void f6GoesRound() {
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.openChat(QStringLiteral("Night train to Lisbon")));
        QSet<QObject*> seen;
        QQuickItem* first = lares.view()->activeFocusItem();
        for (int i = 0; i < 5; ++i) {  // rail, list, header, messages, composer
            seen += lares.view()->activeFocusItem();
            lares.key(Qt::Key_F6);
        }
        QCOMPARE(seen.size(), 5);
        QCOMPARE(lares.view()->activeFocusItem(), first);
    }

    void widths_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("pane");
        QTest::addColumn<int>("rail");
        QTest::newRow("smallest") << QSize(420, 480) << false << 56;
        QTest::newRow("below 600") << QSize(599, 700) << false << 56;
        QTest::newRow("from 600") << QSize(600, 700) << false << 80;
        QTest::newRow("below 900") << QSize(899, 700) << false << 80;
        QTest::newRow("from 900") << QSize(900, 700) << true << 80;
        QTest::newRow("4K") << QSize(3840, 2160) << true << 80;
    }
    void widths() {
        QFETCH(QSize, size);
        QFETCH(bool, pane);
        QFETCH(int, rail);
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.openChat(QStringLiteral("Heat pump log, fault limits")));
        lares.view()->resize(size);
        QTRY_COMPARE(lares.view()->width(), size.width());
        QTest::qWait(50);
        QQuickItem* railItem = lares.shown("Rail");
        QVERIFY(railItem != nullptr);
        QTRY_COMPARE(int(railItem->width()), rail);
        QCOMPARE(lares.shown("ChatPane") != nullptr, pane);
        QQuickItem* composer = lares.shown("Composer");
        QVERIFY(composer != nullptr);
        const QRectF card = composer->mapRectToScene(composer->boundingRect());
        QVERIFY2(card.left() >= rail && card.right() <= size.width() && card.bottom() <= size.height(),
                 "the composer is cut off");
        QVERIFY(card.width() <= 640);
        if (!pane) {
            QMetaObject::invokeMethod(lares.view(), "openPane");
            QTRY_VERIFY(lares.shown("ChatPane") != nullptr);
            QTRY_VERIFY(lares.shown("ChatPane")->hasFocus() && lares.view()->activeFocusItem() != composer);
            QTest::qWait(100);  // a drawer that is still coming takes no keys
            lares.key(Qt::Key_Escape);
            QTRY_VERIFY(lares.shown("ChatPane") == nullptr);
        }
    }

    void loadingAFileThatIsBroken() {
        Lares lares;
        QVERIFY(lares.ready);
        lares.window.models().select(QString::fromUtf8(lares::app::kBrokenModel.data()));
        QTRY_VERIFY(lares.shown("Banner") != nullptr);
        QVERIFY(lares.shown("Banner")->property("title").toString().contains(QStringLiteral("Download it again")));
    }

    void anIdleWindowPaintsNothing() {
        Lares lares;
        QVERIFY(lares.ready);
        QVERIFY(lares.loadModel());
        QVERIFY(lares.openChat(QStringLiteral("Heat pump log, fault limits")));
        QMetaObject::invokeMethod(lares.view(), "focusMessages");  // no text cursor: its blinking is the system's
        QTest::qWait(500);
        QSignalSpy frames(lares.view(), &QQuickWindow::frameSwapped);
        QTest::qWait(1500);
        QCOMPARE(frames.count(), 0);
    }
};

QTEST_MAIN(TestWindow)
#include "tst_window.moc"
