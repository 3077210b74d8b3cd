-- Culling: what people answered to reasons, what was learned of their taste, where they are in a shoot.

-- A person's verdict on a reason that was given for a photo. The reason no longer counts for it.
CREATE TABLE answer (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  -- Name of a reason (shared/reasons.ts), or of a criterion between frames (core/culling/signs.ts).
  reason TEXT NOT NULL,
  answer TEXT NOT NULL CHECK (answer IN ('meant', 'otherwise')),
  word TEXT NOT NULL DEFAULT '',
  -- JSON: the sentence that was answered, and the numbers it stood on.
  evidence TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (photo_id, reason)
) STRICT, WITHOUT ROWID;

-- What was learned, one row; computed again at any time from marks and facts.
CREATE TABLE taste (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  value TEXT NOT NULL
) STRICT;

-- 0–100; null while taste is not used.
ALTER TABLE photo ADD COLUMN taste REAL;

-- Where a person is in a shoot, and what genre they said that it is. `key` is the shoot as JSON.
CREATE TABLE shoot (
  key TEXT PRIMARY KEY,
  photo_id INTEGER REFERENCES photo (id) ON DELETE SET NULL,
  genre TEXT,
  visited_at INTEGER NOT NULL
) STRICT;
