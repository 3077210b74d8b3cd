-- The library: where photos are, what is known of them, who judged them, what people decided.
-- Times are milliseconds since 1970 unless a column says otherwise.

CREATE TABLE root (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'online' CHECK (state IN ('online', 'offline')),
  added_at INTEGER NOT NULL,
  scanned_at INTEGER
) STRICT;

CREATE TABLE folder (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  root_id INTEGER NOT NULL REFERENCES root (id) ON DELETE CASCADE,
  parent_id INTEGER REFERENCES folder (id) ON DELETE CASCADE,
  -- Below the root, '/' between folders, '' for the root itself.
  path TEXT NOT NULL,
  name TEXT NOT NULL,
  UNIQUE (root_id, path)
) STRICT;
CREATE INDEX folder_by_parent ON folder (parent_id);

CREATE TABLE camera (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE lens (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE keyword (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE stack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- 'burst' was found, 'manual' was made by a person and is never touched by finding.
  kind TEXT NOT NULL CHECK (kind IN ('burst', 'manual'))
) STRICT;

CREATE TABLE photo (
  -- Never used twice: picture addresses are immutable.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  folder_id INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  -- Compares as people count (IMG_9 before IMG_10), see name-key.ts.
  name_key TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'ready', 'failed', 'missing')),
  error TEXT,
  -- Counts the looks that made previews; 0 before the first.
  version INTEGER NOT NULL DEFAULT 0,
  -- Hash of the content that was looked at: what critiques belong to.
  content TEXT,
  added_at INTEGER NOT NULL,
  -- Bytes of all picture files.
  size INTEGER NOT NULL DEFAULT 0,
  width INTEGER NOT NULL DEFAULT 0,
  height INTEGER NOT NULL DEFAULT 0,
  placeholder TEXT,
  average_color TEXT,
  -- Milliseconds of the camera's wall clock read as UTC; minutes east of UTC; which tag said so.
  taken_at INTEGER,
  taken_offset INTEGER,
  taken_source TEXT,
  camera_id INTEGER REFERENCES camera (id),
  lens_id INTEGER REFERENCES lens (id),
  shutter REAL,
  aperture REAL,
  iso REAL,
  focal_length REAL,
  focal_length_35 REAL,
  latitude REAL,
  longitude REAL,
  stack_id INTEGER REFERENCES stack (id) ON DELETE SET NULL,
  stack_top INTEGER NOT NULL DEFAULT 0,
  -- Copies of measures that views are sorted by.
  focus REAL,
  brightness REAL,
  noise REAL,
  colorfulness REAL,
  d_hash TEXT,
  p_hash TEXT,
  technical REAL,
  -- The critique that counts: tier 0 is the active critic's, 1 the measured one's while a model is active.
  grade_tier INTEGER,
  grade REAL,
  critique_id INTEGER,
  -- Names of that critique's reasons, heaviest first, ',' between.
  reasons TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX photo_by_folder ON photo (folder_id);
CREATE INDEX photo_by_name ON photo (name_key, id);
CREATE INDEX photo_by_state ON photo (state, folder_id) WHERE state <> 'ready';
CREATE INDEX photo_by_capture ON photo (coalesce(camera_id, 0), taken_at, id) WHERE taken_at IS NOT NULL;
CREATE INDEX photo_by_stack ON photo (stack_id) WHERE stack_id IS NOT NULL;

CREATE TABLE file (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  folder_id INTEGER NOT NULL REFERENCES folder (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('main', 'companion', 'sidecar')),
  -- Pictures in the order in which they are good for showing; sidecars after them.
  position INTEGER NOT NULL,
  -- By content; null before the first look.
  kind TEXT,
  size INTEGER NOT NULL,
  mtime REAL NOT NULL,
  device TEXT NOT NULL,
  inode TEXT NOT NULL,
  -- Follows the file when it moves; null before the first look.
  fingerprint TEXT,
  UNIQUE (folder_id, name)
) STRICT;
CREATE INDEX file_by_photo ON file (photo_id);
CREATE INDEX file_by_size ON file (size);
CREATE INDEX file_by_name ON file (name);

-- What is only read for one photo at a time.
CREATE TABLE detail (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  title TEXT,
  caption TEXT,
  creator TEXT,
  color_profile TEXT,
  faces TEXT NOT NULL DEFAULT '[]'
) STRICT;

CREATE TABLE photo_keyword (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  keyword_id INTEGER NOT NULL REFERENCES keyword (id),
  PRIMARY KEY (photo_id, keyword_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE measures (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  -- JSON of shared/measures.ts.
  value TEXT NOT NULL
) STRICT;

-- Judgements with what made them; old ones stay.
CREATE TABLE critique (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  critic TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  prompt_version TEXT NOT NULL,
  value REAL NOT NULL,
  level TEXT NOT NULL,
  confidence REAL NOT NULL,
  technical REAL,
  probabilities TEXT,
  dimensions TEXT NOT NULL,
  suggestions TEXT NOT NULL,
  text TEXT,
  -- 32-bit floats, little endian: pooled image features for taste and likeness.
  features BLOB,
  created_at INTEGER NOT NULL,
  UNIQUE (photo_id, content, critic, model_hash, prompt_version)
) STRICT;

CREATE TABLE reason (
  critique_id INTEGER NOT NULL REFERENCES critique (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  name TEXT NOT NULL,
  weight REAL NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (critique_id, position)
) STRICT, WITHOUT ROWID;

-- Decisions. No row: nothing was decided. Kept apart, so that no look ever writes here.
CREATE TABLE mark (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  flag TEXT NOT NULL DEFAULT 'none' CHECK (flag IN ('pick', 'none', 'reject')),
  stars INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5),
  color TEXT NOT NULL DEFAULT 'none' CHECK (color IN ('none', 'red', 'yellow', 'green', 'blue', 'purple')),
  -- 'file': read from the photo's own metadata at first sight.
  source TEXT NOT NULL CHECK (source IN ('person', 'file')),
  changed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE step (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  label TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX step_by_undone ON step (undone, id);

CREATE TABLE change (
  step_id INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  old_flag TEXT NOT NULL,
  old_stars INTEGER NOT NULL,
  old_color TEXT NOT NULL,
  new_flag TEXT NOT NULL,
  new_stars INTEGER NOT NULL,
  new_color TEXT NOT NULL,
  PRIMARY KEY (step_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX change_by_photo ON change (photo_id);

CREATE TABLE album (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('album', 'smart')),
  -- JSON of shared/query.ts.
  filter TEXT,
  position INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE album_photo (
  album_id INTEGER NOT NULL REFERENCES album (id) ON DELETE CASCADE,
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  position REAL NOT NULL,
  PRIMARY KEY (album_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX album_photo_by_photo ON album_photo (photo_id);

CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('person', 'critic')),
  text TEXT NOT NULL,
  critic TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX message_by_photo ON message (photo_id, id);

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'done', 'failed', 'cancelled')),
  done REAL NOT NULL DEFAULT 0,
  total REAL,
  failed REAL NOT NULL DEFAULT 0,
  unit TEXT NOT NULL,
  error TEXT,
  -- What the job was asked to do, JSON: enough to begin again after a restart.
  payload TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

-- Words of each photo: names, folders, keywords, captions and what critics wrote. Written by text.ts.
CREATE VIRTUAL TABLE photo_text USING fts5 (
  name, folders, keywords, caption, critique,
  content = '', contentless_delete = 1,
  tokenize = "unicode61 remove_diacritics 2",
  prefix = '1 2 3'
);
