// What the hub says, read from a hub of our own and from texts that are odd; files as a person chooses from them.
#include "app/services/models/hub/hub_service.h"
#include "tests/app/net/network_fixture.h"

using namespace lares;
using namespace lares::app;
using namespace lares::test;

namespace {

DownloadFile file(const QString& path, qint64 sizeBytes = 100) {
    return {path, sizeBytes, QString(64, 'a')};
}

const HubFilter kFilter{{"llama"}, {"Q4_K", "Q8_0", "F16", "Q3_K", "IQ4_XS"}};

QStringList labels(const QList<HubVariant>& variants) {
    QStringList names;
    for (const HubVariant& variant : variants) names += variant.label;
    return names;
}

struct HubFixture : NetworkFixture {
    HubAnswer files(const QString& repository, const QString& revision = "main") {
        HubAnswer found;
        bool done = false;
        service.files(repository, revision, [&](const HubAnswer& answer) {
            found = answer;
            done = true;
        });
        [&] { QVERIFY(QTest::qWaitFor([&] { return done; })); }();
        return found;
    }
    HubAnswer search(const QString& words) {
        HubAnswer found;
        bool done = false;
        service.search(words, [&](const HubAnswer& answer) {
            found = answer;
            done = true;
        });
        [&] { QVERIFY(QTest::qWaitFor([&] { return done; })); }();
        return found;
    }
    HubService service{*network, kFilter};
};

}  // namespace

class TestHubClient : public QObject {
    Q_OBJECT

 private slots:
    void searched() {
        HubFixture f;
        f.hub.add(smallModel("phi-2-GGUF", 10));
        f.hub.add(smallModel("other", 10));
        const HubAnswer answer = f.search("PHI 2");
        QCOMPARE(answer.failure, QString());
        QCOMPARE(f.search("phi").models.size(), 1);
        const HubModel model = f.search("phi").models.first();
        QCOMPARE(model.repository, QString("owner/phi-2-GGUF"));
        QCOMPARE(model.license, QString("apache-2.0"));
        QCOMPARE(model.downloads, 1000);
        QVERIFY(f.hub.requests().first().target.contains("search=PHI%202"));
    }

    void aModelWithAllItsPages() {
        HubFixture f;
        HubRepository repository = smallModel("many", 10);
        for (int i = 0; i < 6; ++i) repository.files += HubFile{QString("m-Q%1_0.gguf").arg(i), 10 + i, quint64(i)};
        f.hub.add(repository);
        const HubAnswer answer = f.files("owner/many");
        QCOMPARE(answer.failure, QString());
        QCOMPARE(answer.files.size(), 7);  // the list comes in pages of two, and the links name the public hub
        QCOMPARE(answer.model.commit, repository.commit);
        QCOMPARE(answer.files.last().sha256.toLatin1(), LocalHub::hashOf(repository.files.last()));
        for (const auto& row : f.connections()) QVERIFY(row.host.find("127.0.0.1") == 0 && !row.reason.empty());
    }

    void whatIsNotThereIsSaid() {
        HubFixture f;
        QVERIFY(f.files("owner/nothing").failure.contains("not there, or is private"));
        QVERIFY(f.files("no name").failure.contains("owner/name"));
        f.policy.offline = true;
        f.setPolicy(f.policy);
        const HubAnswer answer = f.search("x");
        QVERIFY(answer.isOffline && answer.failure.contains("offline lock"));
    }

    void fromTheHubToTheDisk() {
        HubFixture f;
        HubRepository repository = smallModel("whole-GGUF", 10);
        repository.files = {
            {"whole-Q4_K_M.gguf", 300'000, 1}, {"whole-Q8_0.gguf", 500'000, 2}, {"README.gguf.md", 5, 3}};
        f.hub.add(repository);
        const HubAnswer answer = f.files("owner/whole-GGUF");
        const auto variants = variantsOf(answer.files, kFilter);
        const int index = recommended(variants);
        QCOMPARE(variants.at(index).label, QString("Q4_K_M"));
        const DownloadTask task = HubService::taskFor(answer.model, variants[index], f.folder.filePath("models"));
        QCOMPARE(task.name, QString("whole-GGUF, Q4_K_M"));
        f.downloads->begin(task);
        QTRY_VERIFY(f.settled());
        QCOMPARE(f.item().phase, DownloadPhase::ready);
        QVERIFY(f.isRight(task));
    }

    void oddAnswersAreNotBelieved() {
        for (const char* odd : {"", "null", "[", "{}", "7", "\"text\"", "<html>"}) {
            QVERIFY2(!parseModels(odd) && !parseModel(odd) && !parseTree(odd), odd);
        }
        QCOMPARE(
            parseModels("[{\"id\":\"../evil\"},{\"id\":5},7,{\"id\":\"a/b\",\"downloads\":-3,\"gated\":true}]")->size(),
            1);
        const QByteArray hash = QByteArray(64, 'a');
        const auto tree = parseTree("[{\"path\":\"../x.gguf\",\"size\":1,\"lfs\":{\"oid\":\"" + hash +
                                    "\"}},"
                                    "{\"path\":\"x.gguf\",\"size\":1,\"lfs\":{\"oid\":\"short\"}},"
                                    "{\"path\":\"y.gguf\",\"size\":7,\"lfs\":{\"oid\":\"" +
                                    hash + "\"}}]");
        QCOMPARE(tree->size(), 1);
        QCOMPARE(tree->first().sizeBytes, 7);
    }

    void labelsInNames_data() {
        QTest::addColumn<QString>("label");
        QTest::newRow("mistral-7b-instruct-v0.2.Q4_K_M.gguf") << "Q4_K_M";
        QTest::newRow("Phi-3.5-mini-instruct-Q3_K_M.gguf") << "Q3_K_M";
        QTest::newRow("qwen2.5-1.5b-instruct-q4_k_m.gguf") << "Q4_K_M";
        QTest::newRow("m-UD-Q4_K_XL-00001-of-00002.gguf") << "UD-Q4_K_XL";
        QTest::newRow("gpt-oss-20b-MXFP4.gguf") << "MXFP4";
        QTest::newRow("m-IQ2_XXS.gguf") << "IQ2_XXS";
        QTest::newRow("Q8_0/m-f16.gguf") << "F16";
        QTest::newRow("m-bf16-Q6_K.gguf") << "Q6_K";
        QTest::newRow("plain.gguf") << "";
    }
    void labelsInNames() {
        QFETCH(QString, label);
        QCOMPARE(labelOf(QString::fromLatin1(QTest::currentDataTag())), label);
    }

    void variants() {
        const auto found =
            variantsOf({file("m-Q8_0.gguf", 900), file("m-Q4_K_M.gguf", 500), file("mmproj-f16.gguf"),
                        file("m.imatrix.gguf"), file("m-Q4_0_4_4.gguf"), file("big/m-F16-00001-of-00002.gguf", 1000),
                        file("big/m-F16-00002-of-00002.gguf", 800), file("half-Q3_K_M-00001-of-00002.gguf"),
                        file("m-Q5_K_M.gguf", 600), file("notes.txt")},
                       kFilter);
        QCOMPARE(labels(found), (QStringList{"F16", "Q8_0", "Q5_K_M", "Q4_K_M"}));
        QCOMPARE(found[0].files.size(), 2);
        QCOMPARE(found[0].sizeBytes, 1800);
        QCOMPARE(found[2].runs, false);
        QCOMPARE(recommended(found), 3);
        QCOMPARE(findVariant(found, "q8_0"), 1);
        QCOMPARE(findVariant(found, "m-F16-00002-of-00002.gguf"), 0);
        QCOMPARE(findVariant(found, "Q2_K"), -1);
        QCOMPARE(recommended(variantsOf({file("m-Q5_K_M.gguf")}, kFilter)), -1);
    }

    void words() {
        QCOMPARE(wordsOf("Q4_K_M"), QString("recommended"));
        QCOMPARE(wordsOf("UD-Q3_K_XL"), wordsOf("Q3_K_M"));
        QCOMPARE(mainFormatOf("Q4_K_L"), QString("Q4_K"));
        QCOMPARE(mainFormatOf("IQ3_M"), QString("IQ3_S"));
        QVERIFY(wordsOf("Q9").isEmpty() && mainFormatOf(QString()).isEmpty());
    }

    void nextPages() {
        QCOMPARE(nextPage("<https://huggingface.co/api/x?cursor=a>; rel=\"next\"").toString(),
                 QString("https://huggingface.co/api/x?cursor=a"));
        QCOMPARE(nextPage("<https://a/b>; rel=\"prev\", <https://c/d>; rel=\"next\"").host(), QString("c"));
        QVERIFY(!nextPage("").isValid() && !nextPage("<x>; rel=prev").isValid());
    }
};

QTEST_GUILESS_MAIN(TestHubClient)
#include "tst_hub_client.moc"
