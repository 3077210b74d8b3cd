-- What people say of photos in their own words, and adapters that were trained on it.

-- An adapter stands on the shelf as a model of its own: the files of `base`, with low-rank parts added to them.
ALTER TABLE model ADD COLUMN base TEXT;
ALTER TABLE model ADD COLUMN adapter_path TEXT;
-- sha256 of the adapter, and of its own projector where it has one.
ALTER TABLE model ADD COLUMN adapter_hash TEXT;
-- How strongly it is added, 1 as it was trained. Part of `hash`.
ALTER TABLE model ADD COLUMN adapter_scale REAL;
-- Folder that it was converted from, with its files' sizes and times; null: a ready file.
ALTER TABLE model ADD COLUMN adapter_source TEXT;

-- One row each time somebody gave their view of a photo; none is ever changed but for being withdrawn by undo.
CREATE TABLE feedback (
  id INTEGER PRIMARY KEY,
  -- Where it was given; the content says of what. Null when that photo left the library.
  photo_id INTEGER REFERENCES photo (id) ON DELETE SET NULL,
  content TEXT NOT NULL,
  person TEXT NOT NULL,
  -- A level (shared/grade.ts); null where only words were given.
  grade TEXT,
  -- JSON: attribute → {side, text, suggestion} (shared/feedback.ts).
  attributes TEXT NOT NULL,
  feeling TEXT NOT NULL,
  line TEXT NOT NULL,
  -- The round of ten in which it was asked for; null outside of one.
  session INTEGER,
  given_at INTEGER NOT NULL,
  withdrawn INTEGER NOT NULL DEFAULT 0 CHECK (withdrawn IN (0, 1))
) STRICT;
CREATE INDEX feedback_by_photo ON feedback (photo_id);
CREATE INDEX feedback_by_content ON feedback (content);

-- Rounds of photos that teach most: which, in which order, when.
CREATE TABLE feedback_session (
  id INTEGER PRIMARY KEY,
  -- JSON: [{photo, why}]
  photos TEXT NOT NULL,
  begun_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;

-- Pixels that the last export of training data held out: on these alone an adapter may be compared with its base.
CREATE TABLE held_out (content TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
