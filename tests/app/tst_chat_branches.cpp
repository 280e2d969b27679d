// What ChatService does besides plain questions: either role edited, answers continued and reproduced, options of a
// chat, files, summaries, temporary chats, and a disk that is full.
#include "app/services/chat/chat_values.h"
#include "app/services/settings/settings_service.h"
#include "tests/app/chat_view.h"
#include "tests/app/service_fixture.h"

#include <QDirIterator>

using namespace lares::app;
using lares::storage::MessageRow;
using lares::test::ChatView;
using lares::test::ServiceFixture;
namespace storage = lares::storage;
namespace inference = lares::inference;

namespace {

QJsonObject sampling(std::initializer_list<std::pair<QString, QJsonValue>> values) {
    return {{QStringLiteral("sampling"), QJsonObject(values)}};
}

/// Names of the files in the profile that hold `word`.
QStringList filesWith(const ServiceFixture& f, const QByteArray& word) {
    QStringList names;
    QDirIterator files(f.folder.path(), QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly) && file.readAll().contains(word)) names += files.fileName();
    }
    return names;
}

}  // namespace

class TestChatBranches : public QObject {
    Q_OBJECT

 private slots:
    void anAnswerEditedIsABranch();
    void aStoppedAnswerGoesOn();
    void onlyTheLastAnswerGoesOn();
    void anAnswerIsReproduced();
    void optionsOfAChatCount();
    void aChatsOwnModelIsLoaded();
    void detailsTellEverything();
    void theHashComesLater();
    void filesComeBeforeTheWords();
    void aSummaryStandsForTheOlderPart();
    void whatIsOlder();
    void temporaryChatsLeaveNoTrace();
    void aHitOnAnotherBranchIsShown();
    void theOptionsOfDetails();
};

void TestChatBranches::anAnswerEditedIsABranch() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("One"));
    QTRY_VERIFY(view.settled());
    const qint64 answer = view.answerId;
    f.chats().edit(answer, QStringLiteral("What I would have said"));
    QTRY_COMPARE(view.messages.last().text, QStringLiteral("What I would have said"));
    QCOMPARE(view.messages.size(), 2);
    QCOMPARE(view.messages.last().siblingIndex, 1);
    QCOMPARE(view.messages.last().siblingCount, 2);
    QCOMPARE(view.messages.last().state, MessageState::complete);
    QCOMPARE(view.messages.last().details["edited"].toBool(), true);
    QVERIFY(!f.chats().isBusy());
    f.chats().showSibling(view.messages.last().id, -1);
    QTRY_COMPARE(view.messages.last().id, answer);
    QCOMPARE(view.messages.last().text.toStdString(), f.script->answer);
}

void TestChatBranches::aStoppedAnswerGoesOn() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    f.script->holdAnswer = true;
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.answerId != 0 && !view.messages.last().text.isEmpty());
    f.chats().stop(view.chatId);
    QTRY_VERIFY(view.settled());
    const QString before = view.messages.last().text;
    f.script->holdAnswer = false;
    f.chats().continueAnswer(view.answerId);
    QTRY_VERIFY(view.settled() && view.messages.last().text.size() > before.size());
    const ChatMessageItem& answer = view.messages.last();
    QCOMPARE(answer.id, view.answerId);  // the same message, no branch
    QCOMPARE(answer.siblingCount, 1);
    QCOMPARE(answer.state, MessageState::complete);
    QCOMPARE(answer.text.toStdString(), before.toStdString() + f.script->answer);
    QCOMPARE(f.script->lastRequest().answerSoFar, before.toStdString());
    QCOMPARE(answer.details["continuedAt"].toInt(), int(before.size()));
    QCOMPARE(answer.details["before"]["finish"].toString(), QStringLiteral("cancelled"));
    QTRY_COMPARE(f.store().chats.message(answer.id).text, answer.text.toStdString());
}

void TestChatBranches::onlyTheLastAnswerGoesOn() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("One"));
    QTRY_VERIFY(view.settled());
    const qint64 first = view.answerId;
    f.chats().submit(view.chatId, QStringLiteral("Two"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    QSignalSpy failed(&f.chats(), &ChatService::failed);
    f.chats().continueAnswer(first);
    QTRY_COMPARE(failed.count(), 1);
    QVERIFY(failed.first().first().toString().contains(QStringLiteral("last answer")));
    QCOMPARE(f.store().chats.message(first).text, f.script->answer);
}

void TestChatBranches::anAnswerIsReproduced() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.settings().setValue(setting::kTemperature, 1.25);
    f.settings().setValue(setting::kSystemPrompt, QStringLiteral("Be brief."));
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.last().details["seed"].toString(), QStringLiteral("7"));  // drawn by the engine
    f.settings().setValue(setting::kTemperature, 0.1);
    f.settings().setValue(setting::kSystemPrompt, QString());
    f.settings().setValue(setting::kSeed, 99);
    f.chats().reproduce(view.answerId);
    QTRY_VERIFY(view.settled() && view.messages.last().siblingCount == 2);
    const inference::GenerateRequest request = f.script->lastRequest();
    QCOMPARE(request.sampling.seed.value_or(0), std::uint64_t{7});
    QCOMPARE(request.sampling.temperature, 1.25f);
    QCOMPARE(request.messages.front().text, std::string("Be brief."));
    QCOMPARE(view.messages.last().details["seed"].toString(), QStringLiteral("7"));
}

void TestChatBranches::optionsOfAChatCount() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    ChatOptions options = sampling({{QStringLiteral("temperature"), 0.25}, {QStringLiteral("topK"), 5}});
    options.insert(QStringLiteral("systemPrompt"), QStringLiteral("Speak in rhymes."));
    f.settings().setValue(setting::kSystemPrompt, QStringLiteral("Not this one."));
    f.chats().submit(0, QStringLiteral("Hi"), {}, options);
    QTRY_VERIFY(view.settled());
    inference::GenerateRequest request = f.script->lastRequest();
    QCOMPARE(request.sampling.temperature, 0.25f);
    QCOMPARE(request.sampling.topK, 5);
    QCOMPARE(request.sampling.topP, 0.95f);  // as the settings say
    QCOMPARE(request.messages.front().text, std::string("Speak in rhymes."));
    QSignalSpy read(&f.composition->library(), &LibraryService::optionsRead);
    f.composition->library().readOptions(view.chatId);
    QTRY_COMPARE(read.count(), 1);
    QCOMPARE(read.first().at(1).toJsonObject(), options);
    f.composition->library().setOptions(view.chatId, {{QStringLiteral("systemPrompt"), QString()}});
    f.chats().submit(view.chatId, QStringLiteral("And now?"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    QVERIFY(f.script->lastRequest().messages.front().role == inference::Role::user);  // told: no prompt at all
}

void TestChatBranches::aChatsOwnModelIsLoaded() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    const QString other = f.modelFile(QStringLiteral("Other"));
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"), {}, {{QStringLiteral("model"), other}});
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.last().details["model"].toString(), QStringLiteral("Other"));
    QTRY_COMPARE(f.models().current().path, other);
    const QString missing = f.folder.filePath(QStringLiteral("broken.gguf"));
    f.chats().submit(0, QStringLiteral("Hi"), {}, {{QStringLiteral("model"), missing}});
    QTRY_COMPARE(view.messages.size(), 4);
    QTRY_COMPARE(view.messages.last().state, MessageState::failed);
}

void TestChatBranches::detailsTellEverything() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    QTRY_VERIFY(f.store().library.modelHash(f.models().current().path.toStdString(), 0,
                                            QFileInfo(f.models().current().path).lastModified().toMSecsSinceEpoch()));
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    const QJsonObject details = view.messages.last().details;
    // SHA-256 of an empty file and of "{{ messages }}", by sha256sum.
    QCOMPARE(details["modelHash"].toString(),
             QStringLiteral("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    QCOMPARE(details["templateHash"].toString(),
             QStringLiteral("f24189f08c85a1eb19a737306c3a13e85462ee33d964f28108d64a2485fa2171"));
    for (const char* key :
         {"model", "modelPath", "device", "template", "finish", "seed", "sampling", "contextLength"}) {
        QVERIFY2(details.contains(QLatin1String(key)), key);
    }
    QTRY_COMPARE(fromJson(f.store().chats.message(view.answerId).details), details);
}

void TestChatBranches::theHashComesLater() {
    ServiceFixture f;
    f.script->holdLoading = false;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("Hi"));
    QTRY_VERIFY(view.settled());
    QTRY_VERIFY(!view.messages.last().details["modelHash"].toString().isEmpty());
    QTRY_VERIFY(fromJson(f.store().chats.message(view.answerId).details).contains(QStringLiteral("modelHash")));
}

void TestChatBranches::filesComeBeforeTheWords() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    const QList<ChatAttachment> files{{QStringLiteral("list.txt"), QStringLiteral("eggs\nmilk")}};
    QCOMPARE(f.chats().submit(0, QStringLiteral(" ")), quint64{0});
    QVERIFY(f.chats().submit(0, QStringLiteral("What is missing?"), files) != 0);
    QTRY_VERIFY(view.settled());
    QCOMPARE(view.messages.first().attachments, files);
    QCOMPARE(view.messages.first().text, QStringLiteral("What is missing?"));
    const std::string told = f.script->lastRequest().messages.back().text;
    QVERIFY(told.find("list.txt") < told.find("eggs\nmilk") && told.find("eggs") < told.find("What is missing?"));
    // They stay with the question when it is said anew, and after a restart.
    f.chats().edit(view.messages.first().id, QStringLiteral("What else?"));
    QTRY_VERIFY(view.messages.first().text == QStringLiteral("What else?") && view.settled());
    QCOMPARE(view.messages.first().attachments, files);
    const qint64 chatId = view.chatId;
    f.restart();
    ChatView again(f.chats());
    f.chats().openChat(chatId);
    QTRY_VERIFY(again.settled());
    QCOMPARE(again.messages.first().attachments, files);
    f.chats().submit(0, {}, files);
    QTRY_COMPARE(f.chats().chats().size(), 2);
    QTRY_COMPARE(f.chats().chats().first().title, QStringLiteral("list.txt"));
}

void TestChatBranches::aSummaryStandsForTheOlderPart() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("One"));
    QTRY_VERIFY(view.settled());
    for (const QString& text : {QStringLiteral("Two"), QStringLiteral("Three"), QStringLiteral("Four")}) {
        const auto count = view.messages.size();
        f.chats().submit(view.chatId, text);
        QTRY_VERIFY(view.messages.size() == count + 2 && view.settled());
    }
    QSignalSpy summarising(&f.composition->sideQuestions(), &SideQuestions::summarisingChanged);
    f.composition->sideQuestions().summarise(view.chatId);
    const auto summarised = [&] {
        return std::find_if(view.messages.cbegin(), view.messages.cend(),
                            [](const ChatMessageItem& message) { return message.summary.has_value(); });
    };
    QTRY_VERIFY(summarised() != view.messages.cend());
    QCOMPARE(summarising.count(), 2);
    QCOMPARE(*summarised()->summary, QStringLiteral("They said hello."));
    QCOMPARE(view.messages.size(), 8);  // all are still there
    const qint64 messageId = summarised()->id;
    f.chats().submit(view.chatId, QStringLiteral("Five"));
    QTRY_VERIFY(view.messages.size() == 10 && view.settled());
    auto told = f.script->lastRequest().messages;
    QVERIFY(told.front().role == inference::Role::system);
    QVERIFY(told.front().text.find("They said hello.") != std::string::npos);
    for (const auto& message : told) QVERIFY(message.text != "One" && message.text != "Two");
    QVERIFY(told[1].role == inference::Role::user);
    f.chats().removeSummary(messageId);
    QTRY_VERIFY(summarised() == view.messages.cend());
    f.chats().submit(view.chatId, QStringLiteral("Six"));
    QTRY_VERIFY(view.messages.size() == 12 && view.settled());
    told = f.script->lastRequest().messages;
    QCOMPARE(told.front().text, std::string("One"));
    // Left out without a summary.
    f.composition->sideQuestions().dropOlder(view.chatId);
    QTRY_VERIFY(summarised() != view.messages.cend());
    f.chats().submit(view.chatId, QStringLiteral("Seven"));
    QTRY_VERIFY(view.messages.size() == 14 && view.settled());
    told = f.script->lastRequest().messages;
    QVERIFY(told.front().role == inference::Role::user && told.front().text != "One");
}

void TestChatBranches::whatIsOlder() {
    const auto row = [](std::int64_t id, storage::Role role, std::size_t bytes) {
        MessageRow message;
        message.id = id;
        message.role = role;
        message.text = std::string(bytes, 'x');
        return message;
    };
    using storage::Role;
    QCOMPARE(SideQuestions::lastOfOlderPart({}), qint64(0));
    QCOMPARE(SideQuestions::lastOfOlderPart({row(1, Role::user, 10), row(2, Role::assistant, 90)}), qint64(0));
    QCOMPARE(
        SideQuestions::lastOfOlderPart({row(1, Role::user, 10), row(2, Role::assistant, 900), row(3, Role::user, 9)}),
        qint64(2));
    std::vector<MessageRow> branch;
    for (int i = 1; i <= 12; ++i) branch.push_back(row(i, i % 2 ? Role::user : Role::assistant, 100));
    QCOMPARE(SideQuestions::lastOfOlderPart(branch), qint64(8));
    branch[7].summary = "";
    QCOMPARE(SideQuestions::lastOfOlderPart(branch), qint64(10));
    QCOMPARE(SideQuestions::titleIn(QStringLiteral("\"Title: **Swifts at night**.\"\nBecause they sleep")),
             QStringLiteral("Swifts at night"));
    QCOMPARE(SideQuestions::titleIn(QStringLiteral("  ")), QString());
    QCOMPARE(SideQuestions::titleIn(QString(80, u'x')), QString());
}

void TestChatBranches::temporaryChatsLeaveNoTrace() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(ChatService::kNewTemporaryChat, QStringLiteral("quetzalmarker one"));
    QTRY_VERIFY(view.settled());
    QVERIFY(ChatService::isTemporary(view.chatId));
    const qint64 chatId = view.chatId;
    f.chats().submit(chatId, QStringLiteral("quetzalmarker two"));
    QTRY_VERIFY(view.messages.size() == 4 && view.settled());
    f.chats().regenerate(view.messages.last().id);
    QTRY_VERIFY(view.messages.last().siblingCount == 2 && view.settled());
    f.composition->library().setDraft(chatId, QStringLiteral("quetzalmarker three"));
    f.chats().renameChat(chatId, QStringLiteral("quetzalmarker"));
    f.chats().listChats();
    QTRY_COMPARE(f.chats().chats().size(), 0);
    QCOMPARE(filesWith(f, "quetzalmarker"), QStringList());
    f.chats().forgetTemporary(chatId);
    QSignalSpy failed(&f.chats(), &ChatService::failed);
    f.chats().openChat(chatId);
    QTRY_COMPARE(failed.count(), 1);
    f.composition.reset();
    QCOMPARE(filesWith(f, "quetzalmarker"), QStringList());
}

void TestChatBranches::aHitOnAnotherBranchIsShown() {
    ServiceFixture f;
    QVERIFY(f.loadModel());
    ChatView view(f.chats());
    f.chats().submit(0, QStringLiteral("the first wording"));
    QTRY_VERIFY(view.settled());
    const qint64 old = view.messages.first().id;
    f.chats().edit(old, QStringLiteral("another one"));
    QTRY_VERIFY(view.messages.first().text == QStringLiteral("another one") && view.settled());
    QSignalSpy found(&f.chats(), &ChatService::searchFinished);
    f.chats().searchChats(ChatSearch{QStringLiteral("first wording"), MessageRole::user});
    QTRY_COMPARE(found.count(), 1);
    const auto hit = found.first().at(1).value<QList<ChatSearchHit>>().first();
    QCOMPARE(hit.messageId, old);
    f.chats().openChat(hit.chatId, hit.messageId);
    QTRY_COMPARE(view.messages.first().id, old);
}

void TestChatBranches::theOptionsOfDetails() {
    const QJsonObject details{{QStringLiteral("seed"), QStringLiteral("18446744073709551615")},
                              {QStringLiteral("sampling"),
                               QJsonObject{{QStringLiteral("temperature"), 0.3}, {QStringLiteral("maxTokens"), -1}}}};
    ServiceFixture f;
    const inference::GenerateRequest request = requestFrom(f.settings(), optionsOf(details));
    QCOMPARE(request.sampling.seed.value_or(0), ~std::uint64_t{0});
    QCOMPARE(request.sampling.temperature, 0.3f);
    QCOMPARE(request.maxTokens, -1);
}

QTEST_GUILESS_MAIN(TestChatBranches)
#include "tst_chat_branches.moc"
