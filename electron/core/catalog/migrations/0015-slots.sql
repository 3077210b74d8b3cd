-- Two slots: who wrote the text beside a judgement, which may be another model than the one that judged.
ALTER TABLE critique ADD COLUMN writer TEXT;

-- How fast this machine computes: `key` is what shapes it, `value` JSON.
CREATE TABLE machine_speed (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
