// Models of other programs, found in folders laid out as those programs lay them out.
#include "app/services/models/library/found_models.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lares::app;

class TestFoundModels : public QObject {
    Q_OBJECT

 private slots:
    void lmStudio() {
        write("lm/maker/model-GGUF/model-Q4_K_M.gguf");
        write("lm/maker/model-GGUF/mmproj-model.gguf");
        write("lm/maker/model-GGUF/downloading_x.gguf.part");
        write("lm/maker/split/s-00001-of-00002.gguf");
        write("lm/maker/split/s-00002-of-00002.gguf");
        write("lm/maker/model-GGUF/page.gguf", "<html>");
        ModelPlaces places;
        places.lmStudio = {at("lm"), at("nowhere")};
        const auto found = findModels(places);
        QCOMPARE(found.size(), 2);
        QCOMPARE(found[0].path, at("lm/maker/model-GGUF/model-Q4_K_M.gguf"));
        QCOMPARE(found[0].repository, QString("maker/model-GGUF"));
        QCOMPARE(found[0].program, QString("LM Studio"));
        QCOMPARE(found[0].sizeBytes, 12);
        QVERIFY(found[1].path.endsWith("s-00001-of-00002.gguf"));
    }

    void ollama() {
        const QString hash(64, 'c'), gone(64, 'd');
        write("ol/blobs/sha256-" + hash);
        write("ol/blobs/sha256-" + hash + "-partial");
        const auto manifest = [](const QString& digest) {
            return QString(
                       R"({"schemaVersion":2,"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:%1","size":12},)"
                       R"({"mediaType":"application/vnd.ollama.image.params","digest":"sha256:%1"}]})")
                .arg(digest)
                .toUtf8();
        };
        write("ol/manifests/registry.ollama.ai/library/phi/latest", manifest(hash));
        write("ol/manifests/registry.ollama.ai/library/gone/latest", manifest(gone));
        write("ol/manifests/registry.ollama.ai/library/evil/latest", manifest("../../../etc/passwd"));
        write("ol/manifests/registry.ollama.ai/library/odd/latest", "no json");
        ModelPlaces places;
        places.ollama = {at("ol")};
        const auto found = findModels(places);
        QCOMPARE(found.size(), 1);
        QCOMPARE(found[0].name, QString("phi:latest"));
        QCOMPARE(found[0].sha256, hash);
        QCOMPARE(found[0].path, at("ol/blobs/sha256-" + hash));
    }

    void huggingFace() {
        const QString hash(64, 'e'), folder = "hf/models--owner--name-GGUF/";
        write(folder + "blobs/" + hash);
        write(folder + "blobs/" + QString(64, 'f') + ".incomplete");
        QVERIFY(QDir().mkpath(at(folder + "snapshots/c0ffee")));
        QVERIFY(QFile::link("../../blobs/" + hash, at(folder + "snapshots/c0ffee/m-Q8_0.gguf")));
        ModelPlaces places;
        places.huggingFace = at("hf");
        places.llamaCpp = at("hf");  // the same files again: each is told once
        const auto found = findModels(places);
        QCOMPARE(found.size(), 1);
        QCOMPARE(found[0].repository, QString("owner/name-GGUF"));
        QCOMPARE(found[0].revision, QString("c0ffee"));
        QCOMPARE(found[0].sha256, hash);
        QCOMPARE(found[0].path, at(folder + "snapshots/c0ffee/m-Q8_0.gguf"));
    }

    void janAndGpt4All() {
        write("elsewhere/j.gguf");
        write("jan/llamacpp/models/maker/j/model.yml",
              "name: J\nmodel_path: \"" + at("elsewhere/j.gguf").toUtf8() + "\"\nsize_bytes: 12\n");
        write("jan/llamacpp/models/k/model.gguf");
        write("jan/llamacpp/models/k/model.yml", "model_path: llamacpp/models/k/model.gguf\n");
        write("jan/llamacpp/models/none/model.yml", "name: none\n");
        write("g4/orca.Q4_0.gguf");
        write("g4/incomplete-orca2.gguf");
        ModelPlaces places;
        places.jan = at("jan");
        places.gpt4all = at("g4");
        const auto found = findModels(places);
        QCOMPARE(found.size(), 3);
        QCOMPARE(found[0].program, QString("GPT4All"));
        QCOMPARE(found[1].name, QString("k"));
        QCOMPARE(found[2].name, QString("maker/j"));
        QCOMPARE(found[2].path, at("elsewhere/j.gguf"));
    }

    void placesFollowTheirVariables() {
        const auto none = [](const char*) { return QString(); };
        QCOMPARE(usualPlaces("/home/me", none).huggingFace, QString("/home/me/.cache/huggingface/hub"));
        QCOMPARE(usualPlaces("/home/me", none).jan, QString("/home/me/.config/Jan/data"));
        const auto some = [](const char* name) {
            return QString(name) == "HF_HOME" ? "/data/hf" : QString(name) == "OLLAMA_MODELS" ? "/data/ol" : QString();
        };
        QCOMPARE(usualPlaces("/home/me", some).huggingFace, QString("/data/hf/hub"));
        QCOMPARE(usualPlaces("/home/me", some).ollama.first(), QString("/data/ol"));
        QVERIFY(findModels({}).isEmpty());
    }

 private:
    QString at(const QString& path) const { return m_folder.filePath(path); }
    void write(const QString& path, const QByteArray& bytes = "GGUF and more") {
        QDir().mkpath(QFileInfo(at(path)).path());
        QFile file(at(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes.left(bytes.startsWith("GGUF") ? 12 : bytes.size()));
    }

    QTemporaryDir m_folder;
};

QTEST_GUILESS_MAIN(TestFoundModels)
#include "tst_found_models.moc"
