// One file while it is being fetched: `<path>.part`, locked against a second writer, with a SHA-256 for each block and
// one for the whole. Only place() gives it its name. Knows nothing of networks or of the store.
//
// What is there at the beginning is compared block by block with the journal: a block that differs is fetched again,
// and it alone. Bytes behind the journal (written, but not entered when the program was killed) are taken as doubtful:
// kept, but the first to be fetched again should the whole turn out wrong.
#pragma once

#include "app/services/files/sha256.h"
#include "storage/stores/download_store.h"

#include <optional>
#include <QString>
#include <stdexcept>
#include <vector>

namespace lares::app {

/// The file system said no; what() is a sentence for the person.
class FileError : public std::runtime_error {
 public:
    using std::runtime_error::runtime_error;
};

struct ByteRange {
    qint64 begin = 0, end = 0;
    qint64 size() const { return end - begin; }
    bool operator==(const ByteRange&) const = default;
};

class PartFile {
 public:
    /// `path` is the name it gets at the end; its folder is made. Reserves the room on the disk. Throws FileError.
    PartFile(QString path, qint64 sizeBytes, qint64 blockBytes, const std::vector<storage::DownloadBlockRow>& journal);
    ~PartFile();
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    /// Reads one block of what was there; false when there is no more. To be done before anything else.
    bool checkNext();
    qint64 checkedBytes() const { return m_checked; }

    /// What to fetch next, the rest of a begun range first; none: everything is there.
    std::optional<ByteRange> nextRange() const;
    /// The bytes at the beginning of nextRange(); not more than it is long.
    void write(const char* bytes, qint64 count);
    /// Bytes that are there, doubtful ones included.
    qint64 haveBytes() const;
    /// Blocks that came since the last call, flushed to the disk before it returns.
    std::vector<storage::DownloadBlockRow> takeFinished();

    /// The hash of the whole once everything is there; none: hashNext() has to go through the file first.
    std::optional<storage::Sha256> wholeHash() const;
    bool hashNext();  ///< one block; false when done

    /// The whole is wrong: the doubtful blocks are to be fetched again, or all where none is.
    void doubt();

    bool beginsWith(const QByteArray& magic) const;
    void place();  ///< flushes and renames; never over another file
    void erase();  ///< takes the part away
    const QString& path() const { return m_path; }

    static QString partPathOf(const QString& path);

 private:
    enum class Block : unsigned char { absent, doubtful, good };
    qint64 blockEnd(qint64 block) const;
    const std::vector<char>& readBlock(qint64 block, qint64 count);
    void finishBlock(qint64 block);
    [[noreturn]] void fail(const char* doing) const;

    QString m_path;
    qint64 m_size, m_blockBytes;
    int m_file = -1;
    std::vector<Block> m_blocks;
    std::vector<std::optional<storage::Sha256>> m_journal;
    qint64 m_length = 0;               ///< of the file on disk
    qint64 m_checked = 0;              ///< bytes read by checkNext
    std::optional<ByteRange> m_begun;  ///< the range being written
    qint64 m_oldTail = -1;             ///< the block of which a part was there
    Sha256Hasher m_blockHash;          ///< of the block being written, up to where it is
    Sha256Hasher m_whole;              ///< of the bytes up to m_hashed
    qint64 m_hashed = 0;
    std::vector<storage::DownloadBlockRow> m_finished;
    std::vector<char> m_buffer;
};

}  // namespace lares::app
