-- Two slots: who wrote the text beside a judgement, which may be another model than the one that judged.
ALTER TABLE critique ADD COLUMN writer TEXT;

-- What a grader's vision tower saw of photos that it has not judged, and what that lets one expect of its grade.
CREATE TABLE glimpse (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  critic TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  -- Pooled features, 32-bit numbers.
  features BLOB NOT NULL,
  -- 0–100; null until enough photos are judged to learn from.
  estimate REAL,
  PRIMARY KEY (photo_id, critic, model_hash)
) STRICT, WITHOUT ROWID;

-- How fast this machine computes: `key` is what shapes it, `value` JSON.
CREATE TABLE machine_speed (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
