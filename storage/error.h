// The one exception type of storage/: what a caller can tell apart, a sentence for a person, and the detail for a log.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace lares::storage {

enum class ErrorKind {
    diskFull,
    corrupt,   ///< the file is damaged, or is no Lares store
    newer,     ///< written by a newer Lares; left untouched
    busy,      ///< another program holds it, longer than the busy timeout
    io,        ///< the file system said no
    notFound,  ///< the row asked for is not there (any more)
    internal,  ///< SQL of ours that is wrong
};

/// An operating error. what() is a whole sentence that a user can act on; detail() may be empty.
class Error : public std::runtime_error {
 public:
    Error(ErrorKind kind, const std::string& sentence, std::string detail = {})
        : std::runtime_error(sentence), m_kind(kind), m_detail(std::move(detail)) {}
    ErrorKind kind() const noexcept { return m_kind; }
    const std::string& detail() const noexcept { return m_detail; }

 private:
    ErrorKind m_kind;
    std::string m_detail;
};

}  // namespace lares::storage
