// GPT4All's *.chat: a QDataStream, big-endian, versions 8 to 12 (2024 and later). Facts of the format:
// u32 0xF5D553CC, i32 version, i64 created (s), QString id, name, user, model, QStringList collections, [before 11: the
// model's state, not readable here], i32 count of items, each [before 12: i32 id] QString kind, value, [before 10:
// QString prompt] QString newResponse, bool current, stopped, up, down, [from 11, answers: bool error], i64 count of
// sources x {7 QString, 3 i32}, [from 10: i64 count of attachments x {QUrl, QByteArray}], [from 12: i64 count of
// sub-items x {QString kind, value, by kind more, i64 count of sub-items}]. Before 11 the model's state lies in
// between, whose length nothing tells, so only 11 and 12 are read.
#include "app/services/transfer/readers.h"

#include <QCoreApplication>
#include <QDataStream>
#include <QFileInfo>
#include <QUrl>

namespace lares::app::import {

namespace {

constexpr quint32 kMagic = 0xF5D553CC;
constexpr int kFirstVersion = 11, kLastVersion = 12;
constexpr int kDeepest = 16;

QString tr(const char* text) {
    return QCoreApplication::translate("Import", text);
}

[[noreturn]] void refuseDamaged() {
    throw TransferError(tr("This GPT4All chat is damaged or ends in the middle. Nothing was changed."));
}

class Reader {
 public:
    explicit Reader(const QByteArray& bytes) : m_stream(bytes) { m_stream.setVersion(QDataStream::Qt_6_2); }

    template <typename T>
    T read() {
        T value{};
        m_stream >> value;
        if (m_stream.status() != QDataStream::Ok) refuseDamaged();
        return value;
    }
    QString text() { return read<QString>(); }
    template <typename T>
    void skip() {
        read<T>();
    }
    /// Each thing counted takes at least a byte, so more than bytes are left is a lie.
    qint64 count(qint64 number) {
        if (number < 0 || number > m_stream.device()->bytesAvailable()) refuseDamaged();
        return number;
    }

    void skipSources() {
        for (qint64 left = count(read<qint64>()); left > 0; --left) {
            for (int i = 0; i < 7; ++i) skip<QString>();
            for (int i = 0; i < 3; ++i) skip<qint32>();
        }
    }

    std::vector<storage::Attachment> attachments() {
        std::vector<storage::Attachment> files;
        for (qint64 left = count(read<qint64>()); left > 0; --left) {
            const QString name = QFileInfo(read<QUrl>().path()).fileName();
            const QString words = QString::fromUtf8(read<QByteArray>());
            files.push_back({name.toStdString(), words.toStdString()});
        }
        return files;
    }

    /// The thinking in an answer's sub-items; their text is added to `text`.
    QString subItems(QString& words, int depth = 0) {
        if (depth > kDeepest) refuseDamaged();
        QString thinking;
        for (qint64 left = count(read<qint64>()); left > 0; --left) {
            const QString kind = text();
            const QString value = text();
            if (kind == QLatin1String("Think: ")) {
                skip<qint32>();
                thinking += value;
            } else if (kind == QLatin1String("ToolCall: ")) {
                skipToolCall();
            } else if (kind == QLatin1String("Text: ") || kind == QLatin1String("Response: ")) {
                words += value;
            } else if (kind != QLatin1String("ToolResponse: ")) {
                refuseDamaged();
            }
            thinking += subItems(words, depth + 1);
        }
        return thinking;
    }

 private:
    void skipToolCall() {
        skip<QString>();
        for (qint64 left = count(read<qint64>()); left > 0; --left) {
            skip<QString>();
            skip<qint32>();
            skipVariant();
        }
        skip<QString>();
        skip<qint32>();
        skip<QString>();
    }
    /// Not by QVariant's own reader, which makes an object of whatever type the file names.
    void skipVariant() {
        const auto type = read<quint32>();
        skip<quint8>();
        switch (type) {
            case QMetaType::UnknownType:
            case QMetaType::QString:
                return skip<QString>();
            case QMetaType::Bool:
                return skip<bool>();
            case QMetaType::Int:
                return skip<qint32>();
            case QMetaType::Double:
                return skip<double>();
            default:
                refuseDamaged();
        }
    }

    QDataStream m_stream;
};

void addItem(Reader& reader, int version, storage::ChatTree& tree) {
    if (version < 12) reader.skip<qint32>();
    const QString kind = reader.text();
    QString words = reader.text();
    reader.skip<QString>();
    for (int i = 0; i < 4; ++i) reader.skip<bool>();
    const bool answer = kind == QLatin1String("Response: ");
    if (!answer && kind != QLatin1String("Prompt: ") && kind != QLatin1String("System: ")) refuseDamaged();
    if (answer) reader.skip<bool>();
    reader.skipSources();
    std::vector<storage::Attachment> files = reader.attachments();
    if (version >= 12) {
        QString before;
        const QString thinking = reader.subItems(before);
        words = before + words;
        if (!thinking.isEmpty()) words = QStringLiteral("<think>%1</think>\n\n%2").arg(thinking, words);
    }
    if (kind == QLatin1String("System: ") || (words.trimmed().isEmpty() && files.empty())) return;
    tree.messages.push_back({.parent = int(tree.messages.size()) - 1,
                             .role = answer ? storage::Role::assistant : storage::Role::user,
                             .text = words.toStdString(),
                             .attachments = std::move(files)});
}

}  // namespace

bool isGpt4All(const QByteArray& bytes) {
    return bytes.startsWith(QByteArray::fromHex("F5D553CC"));
}

storage::ChatTree readGpt4All(const QByteArray& bytes) {
    Reader reader(bytes);
    if (reader.read<quint32>() != kMagic) refuseDamaged();
    const auto version = reader.read<qint32>();
    if (version < kFirstVersion || version > kLastVersion) {
        throw TransferError(
            tr("This chat was written by a version of GPT4All that Lares does not read (format %1). Open "
               "it once in GPT4All 3.10, which writes it anew. Nothing was changed.")
                .arg(version));
    }
    const auto createdAtMs = timeOf(double(reader.read<qint64>()));
    reader.skip<QString>();
    const QString title = reader.text();
    reader.skip<QString>();
    const QString model = reader.text();
    for (qint64 left = reader.count(reader.read<quint32>()); left > 0; --left) reader.skip<QString>();
    storage::ChatTree tree;
    for (qint64 left = reader.count(reader.read<qint32>()); left > 0; --left) addItem(reader, version, tree);
    for (storage::ChatTree::Message& message : tree.messages) {
        if (message.role == storage::Role::assistant) message.details = detailsOf(QStringLiteral("GPT4All"), model);
    }
    complete(tree, title, createdAtMs, createdAtMs);
    return tree;
}

}  // namespace lares::app::import
