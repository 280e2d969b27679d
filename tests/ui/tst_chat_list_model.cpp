// The list of chats over the real services: sections by a clock of the test's own, search, opening, deleting and
// undoing.
#include "tests/ui/view_model_fixture.h"

#include <QAbstractItemModelTester>
#include <QLocale>
#include <QSignalSpy>

using namespace lares::ui;
using List = ChatListModel;

namespace {

QVariant at(const List& list, int row, List::Role role) {
    return list.index(row).data(role);
}

QStringList titles(const List& list) {
    QStringList all;
    for (int row = 0; row < list.rowCount(); ++row) all += at(list, row, List::TitleRole).toString();
    return all;
}

bool askInNewChat(ChatFixture& f, const QString& text) {
    f.chat.openNewChat();
    return f.ask(text);
}

}  // namespace

class ChatListModelTest : public QObject {
    Q_OBJECT

 private slots:
    void sectionsFollowTheClock();
    void theUsedChatComesFirst();
    void answeringIsMarked();
    void searchShowsHits();
    void deleteAndUndo();
    void neighbours();
};

void ChatListModelTest::sectionsFollowTheClock() {
    ChatFixture f;
    QAbstractItemModelTester tester(&f.list);
    QCOMPARE(f.list.count(), 0);
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("Hi")));
    const QDateTime today = f.now = QDateTime::currentDateTime();
    const auto sectionAfter = [&](int days) {
        f.now = today.addDays(days);
        f.list.refreshSections();
        return at(f.list, 0, List::SectionRole).toString();
    };
    QCOMPARE(sectionAfter(0), QStringLiteral("Today"));
    QCOMPARE(sectionAfter(1), QStringLiteral("Yesterday"));
    QCOMPARE(sectionAfter(2), QStringLiteral("Last 7 days"));
    QCOMPARE(sectionAfter(7), QStringLiteral("Last 7 days"));
    const QString month = QLocale().standaloneMonthName(today.date().month());
    const QString year = QString::number(today.date().year());
    QCOMPARE(sectionAfter(8), today.addDays(8).date().year() == today.date().year() ? month : month + u' ' + year);
    QCOMPARE(sectionAfter(366), month + u' ' + year);
    QVERIFY(at(f.list, 0, List::WhenRole).toString() != QString());
    QSignalSpy changed(&f.list, &List::dataChanged);
    f.list.refreshSections();  // the same moment: nothing to say
    QCOMPARE(changed.count(), 0);
}

void ChatListModelTest::theUsedChatComesFirst() {
    ChatFixture f;
    QAbstractItemModelTester tester(&f.list);
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("First")));
    const double first = f.chat.chatId();
    QVERIFY(askInNewChat(f, QStringLiteral("Second")));
    QCOMPARE(titles(f.list), QStringList({QStringLiteral("Second"), QStringLiteral("First")}));
    QCOMPARE(f.list.currentRow(), 0);
    QCOMPARE(at(f.list, 0, List::CurrentRole).toBool(), true);
    QSignalSpy current(&f.list, &List::currentChatChanged), reset(&f.list, &List::modelReset);
    f.list.open(first);
    QCOMPARE(current.count(), 1);
    QCOMPARE(f.list.currentChatId(), first);
    QCOMPARE(f.list.currentRow(), 1);
    QCOMPARE(at(f.list, 0, List::CurrentRole).toBool(), false);
    QTest::qWait(5);  // so that the times differ
    QVERIFY(f.ask(QStringLiteral("More")));
    QTRY_COMPARE(titles(f.list), QStringList({QStringLiteral("First"), QStringLiteral("Second")}));
    QCOMPARE(f.list.currentRow(), 0);
    QCOMPARE(reset.count(), 0);
}

void ChatListModelTest::answeringIsMarked() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    f.chat.setDraft(QStringLiteral("Hi"));
    f.chat.send();
    QTRY_COMPARE(f.list.count(), 1);
    QTRY_COMPARE(at(f.list, 0, List::AnsweringRole).toBool(), true);
    QSignalSpy changed(&f.list, &List::dataChanged);
    f.script->holdAnswer = false;
    QTRY_COMPARE(at(f.list, 0, List::AnsweringRole).toBool(), false);
    QVERIFY(changed.count() > 0);
}

void ChatListModelTest::searchShowsHits() {
    ChatFixture f;
    QAbstractItemModelTester tester(&f.list);
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("Where are <sourdough> recipes kept?")));
    QVERIFY(askInNewChat(f, QStringLiteral("Night trains")));
    f.list.setSearchText(QStringLiteral("sourd"));
    QCOMPARE(f.list.searching(), true);
    QTRY_COMPARE(f.list.count(), 1);
    const QString snippet = at(f.list, 0, List::SnippetRole).toString();
    QVERIFY2(snippet.contains(QStringLiteral("<b>")) && snippet.contains(QStringLiteral("&lt;")), qPrintable(snippet));
    QVERIFY2(!snippet.contains(QStringLiteral("<sourdough")), qPrintable(snippet));
    QCOMPARE(at(f.list, 0, List::SectionRole).toString(), QString());
    f.list.setSearchText(QStringLiteral("no such words"));
    QTRY_COMPARE(f.list.count(), 0);
    f.list.setSearchText(QString());
    QCOMPARE(f.list.searching(), false);
    QCOMPARE(f.list.count(), 2);
    QCOMPARE(at(f.list, 0, List::SnippetRole).toString(), QString());
}

void ChatListModelTest::deleteAndUndo() {
    ChatFixture f;
    QAbstractItemModelTester tester(&f.list);
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("First")));
    const double first = f.chat.chatId();
    QVERIFY(askInNewChat(f, QStringLiteral("Second")));
    const double second = f.chat.chatId();
    QCOMPARE(f.list.undoText(), QString());

    f.list.remove(first);
    QTRY_COMPARE(f.list.count(), 1);
    QTRY_VERIFY(f.list.undoText().contains(QStringLiteral("First")));
    QCOMPARE(f.chat.chatId(), second);
    f.list.dismissUndo();
    QCOMPARE(f.list.undoText(), QString());
    f.list.undo();  // too late: nothing happens

    f.list.remove(second);  // the open one: a new chat is shown
    QTRY_COMPARE(f.list.count(), 0);
    QCOMPARE(f.chat.chatId(), 0.0);
    QCOMPARE(f.chat.empty(), true);
    f.list.undo();
    QTRY_COMPARE(f.list.count(), 1);
    QCOMPARE(f.chat.chatId(), second);  // and is open again
    QTRY_COMPARE(f.chat.empty(), false);
    QCOMPARE(f.list.undoText(), QString());
}

void ChatListModelTest::neighbours() {
    ChatFixture f;
    QVERIFY(f.loadModel());
    QVERIFY(f.ask(QStringLiteral("First")));
    const double first = f.chat.chatId();
    QVERIFY(askInNewChat(f, QStringLiteral("Second")));
    const double second = f.chat.chatId();
    f.list.openPrevious();
    QCOMPARE(f.list.currentChatId(), second);
    f.list.openNext();
    QCOMPARE(f.list.currentChatId(), first);
    f.list.openNext();
    QCOMPARE(f.list.currentChatId(), first);
    f.list.openNewChat();
    f.list.openNext();
    QCOMPARE(f.list.currentChatId(), second);
    f.list.rename(second, QStringLiteral("Renamed"));
    QTRY_COMPARE(titles(f.list).first(), QStringLiteral("Renamed"));
}

QTEST_MAIN(ChatListModelTest)
#include "tst_chat_list_model.moc"
