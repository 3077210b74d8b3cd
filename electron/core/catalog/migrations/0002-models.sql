-- Models that were installed or added, and photos that a model died of.

CREATE TABLE model (
  name TEXT PRIMARY KEY,
  title TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('builtin', 'local')),
  model_path TEXT NOT NULL,
  mmproj_path TEXT NOT NULL,
  -- How it is spoken to; null: as its file says.
  family TEXT,
  -- What fetched files were checked against; null: a person's own files.
  verified TEXT CHECK (verified IN ('given', 'server', 'none')),
  -- Size and time of both files when `hash` was computed: while they hold, the files are not read again.
  stamp TEXT NOT NULL,
  -- sha256 of both files.
  hash TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  -- Known after the first opening: with the hash it is what critiques are kept under.
  prompt_version TEXT,
  added_at INTEGER NOT NULL
) STRICT;

-- A photo at which the model's process died; at the second time it is left out, with the reason.
CREATE TABLE strike (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  critic TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  count INTEGER NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (photo_id, content, critic, model_hash)
) STRICT, WITHOUT ROWID;
