#include "app/services/models/downloads/part_file.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

namespace lares::app {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("Downloads", text);
}

FileError error(const QString& sentence) {
    return FileError(sentence.toStdString());
}

bool isWantOfRoom(int code) {
    return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/// Keeps the room without making the file longer: its length says how far it was written.
void reserve(int file, qint64 bytes) {
    if (bytes == 0 || ::fallocate(file, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0) return;
    if (!isWantOfRoom(errno)) return;  // this file system cannot; the check of free space has to do
    throw error(tr("The disk has not enough room for this file. What was fetched is kept; free some space and go on."));
}

void flushFolder(const QString& path) {
    const int folder = ::open(QFile::encodeName(QFileInfo(path).absolutePath()).constData(), O_RDONLY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
}

}  // namespace

QString PartFile::partPathOf(const QString& path) {
    return path + QStringLiteral(".part");
}

PartFile::PartFile(QString path, qint64 sizeBytes, qint64 blockBytes,
                   const std::vector<storage::DownloadBlockRow>& journal)
    : m_path(std::move(path)), m_size(sizeBytes), m_blockBytes(blockBytes) {
    assert(sizeBytes >= 0 && blockBytes > 0);
    const auto count = static_cast<std::size_t>((sizeBytes + blockBytes - 1) / blockBytes);
    m_blocks.resize(count, Block::absent);
    m_journal.resize(count);
    for (const storage::DownloadBlockRow& row : journal) {
        if (row.block >= 0 && static_cast<std::size_t>(row.block) < count) m_journal[row.block] = row.sha256;
    }
    QDir().mkpath(QFileInfo(m_path).absolutePath());
    const QByteArray name = QFile::encodeName(partPathOf(m_path));
    m_file = ::open(name.constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_file < 0) {
        throw error(tr("The folder %1 cannot be written. Choose another one in the settings, or make it writable.")
                        .arg(QFileInfo(m_path).absolutePath()));
    }
    try {
        if (::flock(m_file, LOCK_EX | LOCK_NB) != 0) {
            throw error(tr("Another window of Lares is downloading this file; it goes on there."));
        }
        struct stat facts {};
        if (::fstat(m_file, &facts) != 0) fail("read");
        m_length = facts.st_size;
        if (m_length > m_size) {  // more than there can be: nothing of it is ours for sure
            m_length = 0;
            if (::ftruncate(m_file, 0) != 0) fail("shortened");
        }
        reserve(m_file, m_size);
    } catch (...) {
        ::close(m_file);
        throw;
    }
}

PartFile::~PartFile() {
    ::close(m_file);
}

void PartFile::fail(const char* doing) const {
    const int code = errno;
    if (isWantOfRoom(code)) {
        throw error(tr("The disk is full. What was fetched is kept; free some space and go on."));
    }
    throw error(tr("%1 cannot be %2: %3. What was fetched is kept.")
                    .arg(QFileInfo(m_path).fileName(), tr(doing), QString::fromLocal8Bit(std::strerror(code))));
}

qint64 PartFile::blockEnd(qint64 block) const {
    return std::min((block + 1) * m_blockBytes, m_size);
}

const std::vector<char>& PartFile::readBlock(qint64 block, qint64 count) {
    m_buffer.resize(static_cast<std::size_t>(count));
    for (qint64 done = 0; done < count;) {
        const ssize_t got = ::pread(m_file, m_buffer.data() + done, static_cast<std::size_t>(count - done),
                                    block * m_blockBytes + done);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) fail("read");
        done += got;
    }
    return m_buffer;
}

bool PartFile::checkNext() {
    if (m_checked >= m_length) return false;
    const qint64 block = m_checked / m_blockBytes;
    const qint64 count = std::min(blockEnd(block), m_length) - m_checked;
    const std::vector<char>& bytes = readBlock(block, count);
    m_blockHash.reset();
    m_blockHash.add(bytes.data(), count);
    const bool isWhole = m_checked + count == blockEnd(block);
    if (isWhole) {
        const auto& known = m_journal[block];
        m_blocks[block] = !known ? Block::doubtful : *known == m_blockHash.result() ? Block::good : Block::absent;
    }
    const bool keeps = !isWhole || m_blocks[block] != Block::absent;
    if (keeps && m_hashed == m_checked) {
        m_whole.add(bytes.data(), count);
        m_hashed += count;
    }
    m_checked += count;
    if (m_checked >= m_length && !isWhole) {
        m_begun = ByteRange{m_length, m_size};  // m_blockHash stands at its begin
        m_oldTail = block;
    }
    return m_checked < m_length;
}

std::optional<ByteRange> PartFile::nextRange() const {
    if (m_begun) return m_begun;
    const auto first = std::find(m_blocks.begin(), m_blocks.end(), Block::absent);
    if (first == m_blocks.end()) return std::nullopt;
    const auto last = std::find_if(first, m_blocks.end(), [](Block b) { return b != Block::absent; });
    return ByteRange{(first - m_blocks.begin()) * m_blockBytes, blockEnd(last - m_blocks.begin() - 1)};
}

void PartFile::write(const char* bytes, qint64 count) {
    if (!m_begun) {
        m_begun = nextRange();
        m_blockHash.reset();
    }
    assert(m_begun && count <= m_begun->size());
    while (count > 0) {
        const qint64 block = m_begun->begin / m_blockBytes;
        const qint64 now = std::min(count, blockEnd(block) - m_begun->begin);
        for (qint64 done = 0; done < now;) {
            const ssize_t put =
                ::pwrite(m_file, bytes + done, static_cast<std::size_t>(now - done), m_begun->begin + done);
            if (put < 0 && errno == EINTR) continue;
            if (put <= 0) fail("written");
            done += put;
        }
        m_blockHash.add(bytes, now);
        if (m_hashed == m_begun->begin) {
            m_whole.add(bytes, now);
            m_hashed += now;
        }
        m_begun->begin += now;
        m_length = std::max(m_length, m_begun->begin);
        if (m_begun->begin == blockEnd(block)) finishBlock(block);
        bytes += now;
        count -= now;
    }
    if (m_begun->size() == 0) m_begun.reset();
}

void PartFile::finishBlock(qint64 block) {
    if (block == m_oldTail) {
        m_blocks[block] = Block::doubtful;  // its begin is from before
        m_oldTail = -1;
    } else {
        m_blocks[block] = Block::good;
        m_finished.push_back({block, m_blockHash.result()});
    }
    m_blockHash.reset();
}

qint64 PartFile::haveBytes() const {
    qint64 bytes = m_begun ? m_begun->begin % m_blockBytes : 0;
    for (std::size_t i = 0; i < m_blocks.size(); ++i) {
        if (m_blocks[i] != Block::absent) bytes += blockEnd(qint64(i)) - qint64(i) * m_blockBytes;
    }
    return bytes;
}

std::vector<storage::DownloadBlockRow> PartFile::takeFinished() {
    if (!m_finished.empty() && ::fdatasync(m_file) != 0) fail("written");
    return std::exchange(m_finished, {});
}

std::optional<storage::Sha256> PartFile::wholeHash() const {
    return m_hashed == m_size ? std::optional(m_whole.result()) : std::nullopt;
}

bool PartFile::hashNext() {
    if (m_hashed == m_size) return false;
    if (m_hashed % m_blockBytes != 0) {
        m_whole.reset();
        m_hashed = 0;
    }
    const qint64 count = blockEnd(m_hashed / m_blockBytes) - m_hashed;
    m_whole.add(readBlock(m_hashed / m_blockBytes, count).data(), count);
    m_hashed += count;
    return m_hashed < m_size;
}

void PartFile::doubt() {
    const bool some = std::find(m_blocks.begin(), m_blocks.end(), Block::doubtful) != m_blocks.end();
    for (Block& block : m_blocks) {
        if (!some || block == Block::doubtful) block = Block::absent;
    }
    m_whole.reset();
    m_hashed = 0;
}

bool PartFile::beginsWith(const QByteArray& magic) const {
    QByteArray found(magic.size(), '\0');
    return ::pread(m_file, found.data(), static_cast<std::size_t>(found.size()), 0) == found.size() && found == magic;
}

void PartFile::place() {
    if (::fsync(m_file) != 0) fail("written");
    const QByteArray from = QFile::encodeName(partPathOf(m_path)), to = QFile::encodeName(m_path);
    if (::renameat2(AT_FDCWD, from.constData(), AT_FDCWD, to.constData(), RENAME_NOREPLACE) != 0) {
        // Some file systems know no such renaming; a link is never made over another file either.
        if ((errno != EINVAL && errno != ENOSYS) || ::link(from.constData(), to.constData()) != 0)
            fail("given its name");
        ::unlink(from.constData());
    }
    flushFolder(m_path);
}

void PartFile::erase() {
    ::unlink(QFile::encodeName(partPathOf(m_path)).constData());
    flushFolder(m_path);
}

}  // namespace lares::app
