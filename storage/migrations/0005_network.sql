-- Every connection that was made, and downloads of model files with what of them is known to be good.

CREATE TABLE connections (
    id            INTEGER PRIMARY KEY,                  -- drawn at random: several processes write here
    started_at_ms INTEGER NOT NULL,
    ended_at_ms   INTEGER,                              -- NULL: still open, or the program ended before it
    host          TEXT    NOT NULL,
    reason        TEXT    NOT NULL,
    bytes_up      INTEGER NOT NULL DEFAULT 0,
    bytes_down    INTEGER NOT NULL DEFAULT 0,
    result        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX connections_by_time ON connections (started_at_ms);

CREATE TABLE downloads (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    repository    TEXT    NOT NULL,                     -- "owner/name"
    revision      TEXT    NOT NULL,                     -- the commit, so that all parts are of one
    name          TEXT    NOT NULL,                     -- as shown
    folder        TEXT    NOT NULL,                     -- where the files are put
    state         TEXT    NOT NULL CHECK (state IN ('open', 'paused', 'failed', 'ready')),
    failure       TEXT    NOT NULL DEFAULT '',          -- the sentence of state failed
    created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE download_files (
    download_id INTEGER NOT NULL REFERENCES downloads (id) ON DELETE CASCADE,
    position    INTEGER NOT NULL,                       -- 0, 1...: the order of a split model's parts
    path        TEXT    NOT NULL,                       -- in the repository, and below the folder
    size_bytes  INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,                       -- of the whole, as the hub says it: 64 hex digits
    PRIMARY KEY (download_id, position)
) STRICT, WITHOUT ROWID;

-- Entered only after the block's bytes were flushed to the disk.
CREATE TABLE download_blocks (
    download_id INTEGER NOT NULL,
    position    INTEGER NOT NULL,
    block       INTEGER NOT NULL,
    sha256      BLOB    NOT NULL CHECK (length(sha256) = 32),
    PRIMARY KEY (download_id, position, block),
    FOREIGN KEY (download_id, position) REFERENCES download_files (download_id, position) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Where a model file comes from; none for one that a person pointed at.
CREATE TABLE model_origins (
    path       TEXT PRIMARY KEY,
    repository TEXT NOT NULL,
    revision   TEXT NOT NULL,
    file       TEXT NOT NULL,                           -- in the repository
    sha256     TEXT NOT NULL,                           -- as the hub said it
    program    TEXT NOT NULL                            -- that keeps the file, "" for Lares itself
) STRICT, WITHOUT ROWID;
