#include "app/services/files/sha256.h"

#include <openssl/evp.h>
#include <cassert>

namespace lares::app {

namespace {

/// OpenSSL fails here for want of memory alone.
void must(int outcome) {
    assert(outcome == 1);
}

}  // namespace

Sha256Hasher::Sha256Hasher() : m_context(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    reset();
}

Sha256Hasher::~Sha256Hasher() = default;

void Sha256Hasher::reset() {
    must(EVP_DigestInit_ex(m_context.get(), EVP_sha256(), nullptr));
}

void Sha256Hasher::add(const char* bytes, qint64 count) {
    must(EVP_DigestUpdate(m_context.get(), bytes, static_cast<std::size_t>(count)));
}

storage::Sha256 Sha256Hasher::result() const {
    const std::unique_ptr<evp_md_ctx_st, void (*)(evp_md_ctx_st*)> copy(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    must(EVP_MD_CTX_copy_ex(copy.get(), m_context.get()));
    storage::Sha256 hash{};
    must(EVP_DigestFinal_ex(copy.get(), hash.data(), nullptr));
    return hash;
}

QByteArray toHex(const storage::Sha256& hash) {
    return QByteArray(reinterpret_cast<const char*>(hash.data()), qsizetype(hash.size())).toHex();
}

}  // namespace lares::app
