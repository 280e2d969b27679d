-- What people do with chats besides talking: folders, pins, assistants, saved prompts, drafts, attachments; what stands
-- for the older part of a long chat; and the hashes by which an answer names its model.

CREATE TABLE folders (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE chats ADD COLUMN folder_id    INTEGER REFERENCES folders (id);
ALTER TABLE chats ADD COLUMN pinned_at_ms INTEGER;                              -- NULL: not pinned
ALTER TABLE chats ADD COLUMN options      TEXT NOT NULL DEFAULT '{}';           -- JSON: what differs from the settings
ALTER TABLE chats ADD COLUMN title_by     TEXT NOT NULL DEFAULT 'words'
    CHECK (title_by IN ('words', 'model', 'person'));
UPDATE chats SET title_by = 'person';                                           -- nobody remembers; keep what is there

CREATE INDEX chats_by_folder  ON chats (folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX messages_by_time ON messages (created_at_ms);                      -- for searches since or before a time

CREATE TABLE assistants (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    name    TEXT NOT NULL,
    options TEXT NOT NULL                               -- JSON, as of a chat
) STRICT;

CREATE TABLE prompts (
    id   INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
    chat_id INTEGER PRIMARY KEY,                        -- 0: of the chat that is not begun yet, hence no reference
    text    TEXT NOT NULL
) STRICT;

CREATE TABLE attachments (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id    INTEGER NOT NULL REFERENCES chats (id),
    message_id INTEGER NOT NULL REFERENCES messages (id),
    name       TEXT    NOT NULL,
    text       TEXT    NOT NULL
) STRICT;

CREATE INDEX attachments_by_chat    ON attachments (chat_id, message_id, id);
CREATE INDEX attachments_by_message ON attachments (message_id);

-- In what a model is told, the text stands for this message and all before it. Empty: they are left out.
CREATE TABLE summaries (
    message_id    INTEGER PRIMARY KEY REFERENCES messages (id),
    chat_id       INTEGER NOT NULL REFERENCES chats (id),
    text          TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE INDEX summaries_by_chat ON summaries (chat_id, message_id);

CREATE TABLE model_hashes (
    path           TEXT    PRIMARY KEY,
    size_bytes     INTEGER NOT NULL,                    -- with the time tells whether the file is still the one hashed
    modified_at_ms INTEGER NOT NULL,
    sha256         TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
