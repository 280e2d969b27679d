-- Chats, their messages as a tree, and the full-text index over both. The index of beginnings of one to three letters is
-- for search while one types, which else would gather every word that begins so.

CREATE TABLE chats (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,    -- never used again: an undo must not meet another chat
    title         TEXT    NOT NULL,
    created_at_ms INTEGER NOT NULL,
    updated_at_ms INTEGER NOT NULL,
    deleted_at_ms INTEGER,                              -- NULL: shown in the list
    leaf_id       INTEGER REFERENCES messages (id)      -- the last message of the shown branch
) STRICT;

CREATE INDEX chats_shown   ON chats (updated_at_ms DESC, id DESC) WHERE deleted_at_ms IS NULL;
CREATE INDEX chats_deleted ON chats (deleted_at_ms) WHERE deleted_at_ms IS NOT NULL;
CREATE INDEX chats_by_leaf ON chats (leaf_id);

CREATE TABLE messages (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    chat_id       INTEGER NOT NULL REFERENCES chats (id),
    parent_id     INTEGER REFERENCES messages (id),     -- NULL: a first message
    role          TEXT    NOT NULL CHECK (role IN ('user', 'assistant')),
    text          TEXT    NOT NULL,
    state         TEXT    NOT NULL CHECK (state IN ('writing', 'complete', 'stopped', 'failed')),
    created_at_ms INTEGER NOT NULL,
    details       TEXT    NOT NULL DEFAULT '{}'         -- JSON
) STRICT;

CREATE INDEX messages_by_chat   ON messages (chat_id, parent_id, id);
CREATE INDEX messages_by_parent ON messages (parent_id, id);
CREATE INDEX messages_writing   ON messages (id) WHERE state = 'writing';

CREATE VIRTUAL TABLE chats_fts USING fts5 (
    title, content = 'chats', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

CREATE TRIGGER chats_fts_insert AFTER INSERT ON chats BEGIN
    INSERT INTO chats_fts (rowid, title) VALUES (new.id, new.title);
END;
CREATE TRIGGER chats_fts_delete AFTER DELETE ON chats BEGIN
    INSERT INTO chats_fts (chats_fts, rowid, title) VALUES ('delete', old.id, old.title);
END;
CREATE TRIGGER chats_fts_update AFTER UPDATE OF title ON chats BEGIN
    INSERT INTO chats_fts (chats_fts, rowid, title) VALUES ('delete', old.id, old.title);
    INSERT INTO chats_fts (rowid, title) VALUES (new.id, new.title);
END;

-- An answer joins the index when it is over: indexing a growing text again every second would be waste.
CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.state <> 'writing' BEGIN
    INSERT INTO messages_fts (rowid, text) VALUES (new.id, new.text);
END;
CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.state <> 'writing' BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.id, old.text);
END;
-- One trigger, because SQLite promises no order among several and the old words must leave before the new ones come.
CREATE TRIGGER messages_fts_update AFTER UPDATE OF text, state ON messages
WHEN old.state <> 'writing' OR new.state <> 'writing' BEGIN
    INSERT INTO messages_fts (messages_fts, rowid, text) SELECT 'delete', old.id, old.text WHERE old.state <> 'writing';
    INSERT INTO messages_fts (rowid, text) SELECT new.id, new.text WHERE new.state <> 'writing';
END;
