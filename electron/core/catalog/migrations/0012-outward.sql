-- What leaves the library or comes into it, file by file, so that a kill in the middle loses nothing.

CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL CHECK (kind IN ('export', 'import', 'trash', 'move')),
  -- JSON: what was asked for, enough to go on after a restart.
  options TEXT NOT NULL,
  -- 1 when nothing of it is left to do.
  closed INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE batch_file (
  batch_id INTEGER NOT NULL REFERENCES batch (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  -- Files of one photo go together. No reference: what is known of a move outlives the photo.
  photo_id INTEGER NOT NULL,
  -- Absolute paths: where it was, and where it is to be or is.
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  -- The note of a trash that says where the file was.
  note TEXT,
  size INTEGER NOT NULL,
  -- working: between the two places, as a kill left it. back: where it was again.
  state TEXT NOT NULL DEFAULT 'planned'
    CHECK (state IN ('planned', 'working', 'done', 'skipped', 'failed', 'back')),
  renamed INTEGER NOT NULL DEFAULT 0 CHECK (renamed IN (0, 1)),
  reason TEXT,
  PRIMARY KEY (batch_id, position)
) STRICT, WITHOUT ROWID;

-- Photos whose files a person moved away: kept with everything known of them, so that they can come back, but not shown.
CREATE TABLE put_away (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  batch_id INTEGER NOT NULL
) STRICT;

-- Photos of a card are known again by their content.
CREATE INDEX file_by_fingerprint ON file (fingerprint) WHERE fingerprint IS NOT NULL;
