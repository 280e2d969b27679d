// A file while it is fetched, without any network: what is kept, what is doubted, what is fetched again.
#include "app/services/models/downloads/part_file.h"
#include "tests/support/local_hub.h"

#include <sys/resource.h>
#include <csignal>
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace lares;
using namespace lares::app;
using test::HubFile;
using test::LocalHub;

namespace {

constexpr qint64 kBlock = 1000;
using Journal = std::vector<storage::DownloadBlockRow>;

const HubFile kSource{QStringLiteral("m.gguf"), 4500, 3};

QByteArray all() {
    return LocalHub::content(kSource, 0, kSource.sizeBytes);
}

/// What was fetched, in ranges, to the end.
QList<ByteRange> fetchRest(PartFile& part, const QByteArray& source = all()) {
    QList<ByteRange> ranges;
    while (const auto range = part.nextRange()) {
        ranges += *range;
        part.write(source.constData() + range->begin, range->size());
    }
    return ranges;
}

storage::Sha256 whole(PartFile& part) {
    while (!part.wholeHash()) part.hashNext();
    return *part.wholeHash();
}

void flip(const QString& path, qint64 at) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite) && file.seek(at));
    char byte = 0;
    QVERIFY(file.getChar(&byte) && file.seek(at) && file.putChar(char(byte ^ 1)));
}

}  // namespace

class TestPartFile : public QObject {
    Q_OBJECT

 private slots:
    void init() {
        m_folder = std::make_unique<QTemporaryDir>();
        m_path = m_folder->filePath("owner/name/m.gguf");
    }

    void fetchedInOneGo() {
        PartFile part(m_path, 4500, kBlock, {});
        QVERIFY(!part.checkNext());
        QCOMPARE(fetchRest(part), QList<ByteRange>({{0, 4500}}));
        QCOMPARE(part.takeFinished().size(), std::size_t(5));
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
        QVERIFY(part.beginsWith("GGUF") && !QFile::exists(m_path));
        part.place();
        QVERIFY(QFile::exists(m_path) && !QFile::exists(PartFile::partPathOf(m_path)));
        QFile placed(m_path);
        QVERIFY(placed.open(QIODevice::ReadOnly));
        QCOMPARE(placed.readAll(), all());
    }

    void goesOnWhereItEnded() {
        const Journal journal = begin(2300);
        PartFile part(m_path, 4500, kBlock, journal);
        while (part.checkNext()) {
        }
        QCOMPARE(part.haveBytes(), 2300);
        QCOMPARE(fetchRest(part), QList<ByteRange>({{2300, 4500}}));
        QVERIFY(part.wholeHash());  // hashed on the way, without reading it again
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void aBadBlockAloneIsFetchedAgain() {
        const Journal journal = begin(4500);
        flip(PartFile::partPathOf(m_path), 1500);
        PartFile part(m_path, 4500, kBlock, journal);
        while (part.checkNext()) {
        }
        QCOMPARE(fetchRest(part), QList<ByteRange>({{1000, 2000}}));
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void theTailComesBeforeABadBlock() {
        const Journal journal = begin(2300);
        flip(PartFile::partPathOf(m_path), 1);
        PartFile part(m_path, 4500, kBlock, journal);
        while (part.checkNext()) {
        }
        QCOMPARE(fetchRest(part), QList<ByteRange>({{2300, 4500}, {0, 1000}}));
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void whatWasNotEnteredIsDoubtedFirst() {
        begin(3300);
        flip(PartFile::partPathOf(m_path), 2500);
        Journal journal;  // two blocks were entered, the third was not
        {
            PartFile good(m_folder->filePath("other.gguf"), 4500, kBlock, {});
            good.write(all().constData(), 2000);
            journal = good.takeFinished();
        }
        PartFile part(m_path, 4500, kBlock, journal);
        while (part.checkNext()) {
        }
        QCOMPARE(fetchRest(part), QList<ByteRange>({{3300, 4500}}));
        QVERIFY(toHex(whole(part)) != LocalHub::hashOf(kSource));
        part.doubt();
        QCOMPARE(fetchRest(part), QList<ByteRange>({{2000, 4000}}));  // the fourth began with bytes from before
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void withoutASuspectAllIsFetchedAgain() {
        PartFile part(m_path, 4500, kBlock, {});
        QByteArray wrong = all();
        wrong[700] = char(wrong[700] ^ 1);
        fetchRest(part, wrong);
        part.doubt();
        QCOMPARE(fetchRest(part), QList<ByteRange>({{0, 4500}}));
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void sizesAtTheEdges() {
        {
            PartFile empty(m_path, 0, kBlock, {});
            QVERIFY(!empty.checkNext() && !empty.nextRange());
            QCOMPARE(toHex(whole(empty)).left(8), QByteArray("e3b0c442"));
        }
        QFile tooLong(PartFile::partPathOf(m_path));
        QVERIFY(tooLong.open(QIODevice::WriteOnly) && tooLong.write(QByteArray(9000, 'x')) == 9000);
        tooLong.close();
        PartFile part(m_path, 4500, kBlock, {});
        QVERIFY(!part.checkNext());
        QCOMPARE(fetchRest(part), QList<ByteRange>({{0, 4500}}));
        QCOMPARE(toHex(whole(part)), LocalHub::hashOf(kSource));
    }

    void oneWriterOnly() {
        const PartFile first(m_path, 4500, kBlock, {});
        try {
            const PartFile second(m_path, 4500, kBlock, {});
            QFAIL("two writers");
        } catch (const FileError& error) {
            QVERIFY(QByteArray(error.what()).contains("Another window"));
        }
    }

    void neverOverAnotherFile() {
        PartFile part(m_path, 4500, kBlock, {});
        fetchRest(part);
        QFile other(m_path);
        QVERIFY(other.open(QIODevice::WriteOnly) && other.write("mine") == 4);
        other.close();
        QVERIFY_EXCEPTION_THROWN(part.place(), FileError);
        QVERIFY(other.open(QIODevice::ReadOnly));
        QCOMPARE(other.readAll(), QByteArray("mine"));
    }

    void aFullDiskIsSaidAndKeepsWhatThereIs() {
        std::signal(SIGXFSZ, SIG_IGN);
        rlimit before{};
        QVERIFY(getrlimit(RLIMIT_FSIZE, &before) == 0);
        PartFile part(m_path, 4500, kBlock, {});
        part.write(all().constData(), 2000);
        rlimit small = before;
        small.rlim_cur = 3000;
        QVERIFY(setrlimit(RLIMIT_FSIZE, &small) == 0);
        QByteArray sentence;
        try {
            part.write(all().constData() + 2000, 2500);
        } catch (const FileError& error) {
            sentence = error.what();
        }
        QVERIFY(setrlimit(RLIMIT_FSIZE, &before) == 0);
        QVERIFY2(sentence.contains("disk is full") && sentence.contains("kept"), sentence.constData());
        QCOMPARE(part.takeFinished().size(), std::size_t(3));
    }

    void aFolderThatCannotBeIsSaid() {
        QVERIFY_EXCEPTION_THROWN(PartFile("/proc/no/m.gguf", 10, kBlock, {}), FileError);
    }

 private:
    /// A part of which `bytes` were fetched, and its journal.
    Journal begin(qint64 bytes) {
        PartFile part(m_path, 4500, kBlock, {});
        const QByteArray source = all();
        part.write(source.constData(), bytes);
        return part.takeFinished();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_path;
};

QTEST_GUILESS_MAIN(TestPartFile)
#include "tst_part_file.moc"
