#include "storage/stores/stores.h"

namespace lares::storage {

ChatStore& Stores::temporaryChats() {
    if (!m_temporary) {
        auto made = std::make_unique<Temporary>();
        guarded([&] {
            const std::string before = std::to_string(kFirstTemporaryId - 1);
            made->database.connection().exec("INSERT INTO sqlite_sequence (name, seq) VALUES ('chats', " + before +
                                             "), ('messages', " + before + ")");
        });
        m_temporary = std::move(made);
    }
    return m_temporary->chats;
}

}  // namespace lares::storage
