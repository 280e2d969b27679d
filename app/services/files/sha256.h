// SHA-256 (FIPS 180-4) as bytes come, through OpenSSL, which uses the processor's own instructions: several times the
// speed of Qt's. Any thread, one at a time.
#pragma once

#include "storage/stores/download_store.h"

#include <memory>
#include <QByteArray>

struct evp_md_ctx_st;

namespace lares::app {

class Sha256Hasher {
 public:
    Sha256Hasher();
    ~Sha256Hasher();
    Sha256Hasher(const Sha256Hasher&) = delete;
    Sha256Hasher& operator=(const Sha256Hasher&) = delete;

    void add(const char* bytes, qint64 count);
    storage::Sha256 result() const;  ///< of what was added so far; more may follow
    void reset();

 private:
    std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> m_context;
};

QByteArray toHex(const storage::Sha256& hash);

}  // namespace lares::app
