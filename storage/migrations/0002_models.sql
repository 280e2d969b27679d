-- Model files that are used where they lie.

CREATE TABLE models (
    path            TEXT    PRIMARY KEY,
    name            TEXT    NOT NULL,
    architecture    TEXT    NOT NULL,
    quantisation    TEXT    NOT NULL,
    size_bytes      INTEGER NOT NULL,
    parameter_count INTEGER NOT NULL,
    context_length  INTEGER NOT NULL,
    added_at_ms     INTEGER NOT NULL,
    used_at_ms      INTEGER NOT NULL DEFAULT 0          -- 0: never
) STRICT, WITHOUT ROWID;
