// The rows of a chat: what is announced when an answer grows, and that growing ends where parsing the whole would.
#include "tests/support/cpu_timer.h"
#include "tests/ui/long_answer.h"
#include "ui/chat/message_blocks_model.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>
#include <QTextCursor>
#include <QTextDocument>

using namespace lares::ui;
using Model = MessageBlocksModel;
using State = MessageEntry::State;

namespace {

MessageEntry question(qint64 id, const QString& text) {
    MessageEntry entry;
    entry.id = id;
    entry.text = text;
    return entry;
}

MessageEntry answer(qint64 id, const QString& text, State state = State::complete) {
    MessageEntry entry = question(id, text);
    entry.author = MessageEntry::Author::assistant;
    entry.state = state;
    return entry;
}

Model::Kind kindAt(const Model& model, int row) {
    return model.index(row).data(Model::KindRole).value<Model::Kind>();
}

QVector<Model::Kind> kinds(const Model& model) {
    QVector<Model::Kind> all;
    for (int row = 0; row < model.rowCount(); ++row) all += kindAt(model, row);
    return all;
}

// Every role of every row, to compare two models.
QVector<QVariantList> everything(const Model& model) {
    QVector<QVariantList> rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        QVariantList values;
        for (int role : model.roleNames().keys()) values += model.index(row).data(role);
        rows += values;
    }
    return rows;
}

QStringList samples() {
    QStringList all{
        longAnswer(400),
        QStringLiteral(
            "<think>\na\n\nb\n</think>\n\nPlan:\n- a\n- b\n\n| x | y |\n|-|-|\n| 1 | 2 |\n\n```c\nint\n```\n"),
        QStringLiteral("a\n\n> b\n\n1. c\n\n   d\n2. e\n"), QString()};
    QFile file(QStringLiteral(LARES_SHARED_DIR "/data/markdown/torture-own.json"));
    if (file.open(QIODevice::ReadOnly)) {
        for (const QJsonValue sample : QJsonDocument::fromJson(file.readAll()).array()) {
            const QString text = sample.toObject()[u"markdown"].toString();
            if (text.size() < 3000) all += text;
        }
    }
    return all;
}

}  // namespace

class MessageBlocksModelTest : public QObject {
    Q_OBJECT

 private slots:
    void aLongChatComesFromItsEnd();
    void rowsOfAChat();
    void growthChangesOnlyTheEnd();
    void growthEndsAsTheWhole();
    void previousKindFollows();
    void messagesAreAddedAndReplaced();
    void factsChangeTheFoot();
    void thinkingUnfolds();
    void styleFollowsTheTheme();
    void unknownMessagesAreIgnored();
    void fiveThousandWords();
};

void MessageBlocksModelTest::rowsOfAChat() {
    Model model;
    QAbstractItemModelTester tester(&model);
    model.setMessages({question(1, "a <b>\n*c*"), answer(2, "# T\n\nText\n\n- x\n\n```py\n1\n```")});
    QCOMPARE(kinds(model), (QVector<Model::Kind>{Model::Head, Model::Prompt, Model::Foot, Model::Head, Model::Heading,
                                                 Model::Paragraph, Model::ListItem, Model::Code, Model::Foot}));
    QCOMPARE(model.count(), 9);
    const auto at = [&](int row, Model::Role role) { return model.index(row).data(role); };
    QCOMPARE(at(1, Model::PlainRole).toString(), QStringLiteral("a <b>\n*c*"));
    QVERIFY(at(1, Model::HtmlRole).toString().contains(QStringLiteral("a &lt;b&gt;<br>*c*")));
    QCOMPARE(at(1, Model::AuthorRole).value<Model::Author>(), Model::User);
    QCOMPARE(at(7, Model::AuthorRole).value<Model::Author>(), Model::Assistant);
    QCOMPARE(at(7, Model::LanguageRole).toString(), QStringLiteral("py"));
    QCOMPARE(at(7, Model::PlainRole).toString(), QStringLiteral("1"));
    QCOMPARE(at(6, Model::MarkerRole).toString(), QStringLiteral("•"));
    QCOMPARE(at(4, Model::MessageIdRole).toDouble(), 2.0);
    QCOMPARE(at(2, Model::LastMessageRole).toBool(), false);
    QCOMPARE(at(8, Model::LastMessageRole).toBool(), true);
    QCOMPARE(model.firstRow(2), 3);
    QCOMPARE(model.firstRow(7), -1);
    QCOMPARE(model.messageRows(5), (std::pair<int, int>(3, 9)));
}

void MessageBlocksModelTest::growthChangesOnlyTheEnd() {
    Model model;
    QAbstractItemModelTester tester(&model);
    model.setMessages({question(1, "q"), answer(2, {}, State::writing)});
    QCOMPARE(kinds(model).mid(3), (QVector<Model::Kind>{Model::Head, Model::Foot}));
    QCOMPARE(model.index(3).data(Model::GrowingRole).toBool(), true);

    QSignalSpy changed(&model, &Model::dataChanged), inserted(&model, &Model::rowsInserted),
        removed(&model, &Model::rowsRemoved);
    model.update(2, "First paragraph", State::writing);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted[0][1].toInt(), 4);
    QCOMPARE(model.index(3).data(Model::GrowingRole).toBool(), false);
    QCOMPARE(model.index(4).data(Model::GrowingRole).toBool(), true);
    changed.clear();
    inserted.clear();

    model.update(2, "First paragraph, longer", State::writing);
    QCOMPARE(inserted.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(changed[0][0].toModelIndex().row(), 4);
    QCOMPARE(changed[0][1].toModelIndex().row(), 4);
    QCOMPARE(changed[0][2].value<QList<int>>(), (QList<int>{Model::HtmlRole, Model::PlainRole, Model::CellsRole}));
    changed.clear();

    model.update(2, "First paragraph, longer\n\n1. x\n2. y", State::writing);
    QCOMPARE(inserted.count(), 1);
    QCOMPARE(inserted[0][1].toInt(), 5);
    QCOMPARE(inserted[0][2].toInt(), 6);
    inserted.clear();
    changed.clear();

    model.update(2, "First paragraph, longer\n\n1. x\n2. y", State::writing);  // nothing new
    QCOMPARE(changed.count(), 0);
    model.update(2, "First paragraph, longer\n\n1. x\n2. y", State::complete);
    QCOMPARE(model.index(6).data(Model::GrowingRole).toBool(), false);
    QCOMPARE(model.index(6).data(Model::MessageStateRole).value<Model::MessageState>(), Model::Complete);
    QCOMPARE(inserted.count() + removed.count(), 0);

    model.update(2, "Only this", State::complete);
    QCOMPARE(kinds(model).mid(3), (QVector<Model::Kind>{Model::Head, Model::Paragraph, Model::Foot}));
}

void MessageBlocksModelTest::growthEndsAsTheWhole() {
    for (const QString& text : samples()) {
        Model grown, whole;
        grown.setMessages({question(1, "q"), answer(2, {}, State::writing)});
        const QByteArray utf8 = text.toUtf8();
        for (qsizetype cut = 0; cut <= utf8.size(); cut += 1 + utf8.size() / 300) {
            grown.update(2, QString::fromUtf8(utf8.first(cut)), State::writing);
            QCOMPARE(kindAt(grown, grown.rowCount() - 1), Model::Foot);
        }
        grown.update(2, text, State::complete);
        whole.setMessages({question(1, "q"), answer(2, text)});
        QCOMPARE(everything(grown), everything(whole));
    }
}

void MessageBlocksModelTest::previousKindFollows() {
    Model model;
    model.setMessages({answer(2, "a\n\n- b\n\nc")});
    QVector<Model::Kind> previous;
    for (int row = 0; row < model.rowCount(); ++row) {
        previous += model.index(row).data(Model::PreviousKindRole).value<Model::Kind>();
    }
    QCOMPARE(previous,
             (QVector<Model::Kind>{Model::Head, Model::Head, Model::Paragraph, Model::ListItem, Model::Paragraph}));
    model.update(2, "# a", State::complete);
    QCOMPARE(model.index(2).data(Model::PreviousKindRole).value<Model::Kind>(), Model::Heading);
}

void MessageBlocksModelTest::messagesAreAddedAndReplaced() {
    Model model;
    QAbstractItemModelTester tester(&model);
    QSignalSpy reset(&model, &Model::modelReset), count(&model, &Model::countChanged);
    model.append(question(1, "q"));
    model.append(answer(2, "a"));
    QCOMPARE(model.rowCount(), 6);
    QCOMPARE(count.count(), 2);
    // Another branch of the same question: what stands before it is not touched.
    model.setMessages({question(1, "q"), answer(3, "b\n\nc")});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(model.rowCount(), 7);
    QCOMPARE(model.index(4).data(Model::PlainRole).toString(), QStringLiteral("b"));
    QCOMPARE(model.index(0).data(Model::LastMessageRole).toBool(), false);
    // One message less.
    model.setMessages({question(1, "q, changed")});
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1).data(Model::PlainRole).toString(), QStringLiteral("q, changed"));
    QCOMPARE(model.index(0).data(Model::LastMessageRole).toBool(), true);
    // Another chat.
    model.setMessages({question(9, "z")});
    QCOMPARE(reset.count(), 1);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
    // The same message told twice stays one.
    model.append(question(1, "q"));
    model.append(question(1, "r"));
    QCOMPARE(model.rowCount(), 3);
    QCOMPARE(model.index(1).data(Model::PlainRole).toString(), QStringLiteral("r"));
}

void MessageBlocksModelTest::factsChangeTheFoot() {
    Model model;
    model.setMessages({answer(2, "a", State::failed)});
    MessageEntry facts = answer(2, {});
    facts.error = QStringLiteral("It failed.");
    facts.stats = QStringLiteral("3 tokens/s");
    facts.branch = 2;
    facts.branchCount = 3;
    QSignalSpy changed(&model, &Model::dataChanged);
    model.setFacts(facts);
    QCOMPARE(changed.count(), 1);
    model.setFacts(facts);
    QCOMPARE(changed.count(), 1);
    const QModelIndex foot = model.index(2);
    QCOMPARE(foot.data(Model::ErrorRole).toString(), QStringLiteral("It failed."));
    QCOMPARE(foot.data(Model::StatsRole).toString(), QStringLiteral("3 tokens/s"));
    QCOMPARE(foot.data(Model::BranchRole).toInt(), 2);
    QCOMPARE(foot.data(Model::BranchCountRole).toInt(), 3);
    QCOMPARE(foot.data(Model::MessageStateRole).value<Model::MessageState>(), Model::Failed);
    QCOMPARE(model.index(1).data(Model::PlainRole).toString(), QStringLiteral("a"));
}

void MessageBlocksModelTest::thinkingUnfolds() {
    Model model;
    model.setMessages({answer(2, "<think>\n1 < 2\n</think>\nYes", State::writing)});
    const QModelIndex row = model.index(1);
    QCOMPARE(kindAt(model, 1), Model::Thinking);
    QCOMPARE(row.data(Model::OpenRole).toBool(), false);
    QCOMPARE(row.data(Model::HtmlRole).toString(), QString());
    QCOMPARE(row.data(Model::ThinkingDoneRole).toBool(), true);
    model.toggleThinking(1);
    QVERIFY(row.data(Model::HtmlRole).toString().contains(QStringLiteral("1 &lt; 2")));
    model.update(2, "<think>\n1 < 2\n</think>\nYes, it is", State::writing);  // stays open while the answer grows
    QCOMPARE(row.data(Model::OpenRole).toBool(), true);
    model.toggleThinking(2);  // no thinking there: nothing happens
    QCOMPARE(model.index(2).data(Model::OpenRole).toBool(), false);
}

void MessageBlocksModelTest::styleFollowsTheTheme() {
    Model model;
    model.setMessages({answer(2, "[a](https://a.example) `c`\n\n| `x` |\n|---|\n")});
    QSignalSpy changed(&model, &Model::dataChanged);
    model.setLinkColor(QColor(QStringLiteral("#0F766E")));
    model.setCodeBackground(QColor(QStringLiteral("#F3F5F4")));
    model.setCodeFamily(QStringLiteral("Test Mono'}"));
    QCOMPARE(changed.count(), 3);
    model.setLinkColor(QColor(QStringLiteral("#0F766E")));
    QCOMPARE(changed.count(), 3);
    QCOMPARE(model.codeFamily(), QStringLiteral("Test Mono"));

    // The markup must mean to Qt what it says.
    QTextDocument document;
    document.setHtml(model.index(1).data(Model::HtmlRole).toString());
    QCOMPARE(document.toPlainText(), QStringLiteral("a c"));
    QCOMPARE(document.blockCount(), 1);
    QTextCursor cursor(&document);
    cursor.setPosition(1);
    QCOMPARE(cursor.charFormat().anchorHref(), QStringLiteral("https://a.example"));
    QCOMPARE(cursor.charFormat().foreground().color(), QColor(QStringLiteral("#0F766E")));
    cursor.setPosition(3);
    QCOMPARE(cursor.charFormat().background().color(), QColor(QStringLiteral("#F3F5F4")));
    QCOMPARE(cursor.charFormat().fontFamilies().toStringList(), QStringList(QStringLiteral("Test Mono")));
    QCOMPARE(cursor.blockFormat().lineHeight(), 150.0);
    QCOMPARE(cursor.blockFormat().topMargin(), 0.0);
    QVERIFY(model.index(2).data(Model::CellsRole).toStringList().first().contains(QStringLiteral("#f3f5f4")));
}

void MessageBlocksModelTest::unknownMessagesAreIgnored() {
    Model model;
    model.setMessages({question(1, "q")});
    QSignalSpy changed(&model, &Model::dataChanged);
    model.update(7, "x", State::complete);
    model.setFacts(question(7, {}));
    model.toggleThinking(-1);
    model.toggleThinking(99);
    QCOMPARE(changed.count(), 0);
    QCOMPARE(model.rowCount(), 3);
}

// What one of the thirty updates a second costs without drawing, at the end of a long answer as much as at its start.
void MessageBlocksModelTest::fiveThousandWords() {
    const QString text = longAnswer(5000);
    Model model;
    model.setMessages({question(1, "q"), answer(2, {}, State::writing)});
    constexpr int kUpdates = 300;
    double totalMs = 0, lastTenthMs = 0, worstMs = 0;
    for (int i = 1; i <= kUpdates; ++i) {
        const QString part = text.first(text.size() * i / kUpdates);
        const lares::tests::CpuTimer timer;
        model.update(2, part, State::writing);
        const double ms = timer.elapsedMs();
        totalMs += ms;
        if (i > kUpdates * 9 / 10) lastTenthMs += ms;
        worstMs = qMax(worstMs, ms);
    }
    qInfo("%lld characters, %d rows: %.3f ms an update, %.3f ms in the last tenth, at most %.3f ms",
          qlonglong(text.size()), model.rowCount(), totalMs / kUpdates, lastTenthMs / (kUpdates / 10), worstMs);
    // A thirtieth of a second is 33 ms; sanitizers take their share of this bound, release does 1 ms.
    QVERIFY(lastTenthMs / (kUpdates / 10) < 15);
}

void MessageBlocksModelTest::aLongChatComesFromItsEnd() {
    QVector<MessageEntry> messages;
    for (int i = 1; i <= 1500; ++i) {
        messages += i % 2 ? question(i, QString::number(i)) : answer(i, QStringLiteral("**%1**\n\n- a\n- b").arg(i));
    }
    Model model;
    QAbstractItemModelTester tester(&model);
    model.setMessages(messages);
    const int atOnce = model.rowCount();
    QVERIFY(atOnce > 200 && atOnce < 2000);
    QCOMPARE(model.index(atOnce - 1).data(Model::MessageIdRole).toDouble(), 1500.0);
    // What is not there yet can change, and is shown as it is then.
    model.update(2, QStringLiteral("changed"), State::complete);
    model.append(answer(1501, QStringLiteral("the newest")));
    QCOMPARE(model.index(model.firstRow(900)).data(Model::MessageIdRole).toDouble(), 900.0);
    QTRY_COMPARE(model.index(0).data(Model::MessageIdRole).toDouble(), 1.0);
    Model whole;
    whole.setMessages(messages.mid(0, 100));  // few enough to come at once
    for (int row = 0; row < whole.rowCount(); ++row) {
        if (whole.index(row).data(Model::MessageIdRole).toDouble() == 2.0) break;
        QCOMPARE(model.index(row).data(Model::PlainRole), whole.index(row).data(Model::PlainRole));
    }
    QCOMPARE(model.index(model.firstRow(2) + 1).data(Model::PlainRole).toString(), QStringLiteral("changed"));
    double last = 0;
    for (int row = 0; row < model.rowCount(); ++row) {
        const double id = model.index(row).data(Model::MessageIdRole).toDouble();
        QVERIFY(id == last || id == last + 1);
        last = id;
    }
    QCOMPARE(last, 1501.0);
}

QTEST_MAIN(MessageBlocksModelTest)
#include "tst_message_blocks_model.moc"
