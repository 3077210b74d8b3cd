-- What a slow grader would say, estimated from what its vision tower saw. An estimate never stands for a grade: it has
-- tables of its own, and a tier of its own between what was graded and what only the measured critic judged.

-- Pooled features of photos that the tower alone looked at, in half precision. A graded photo has them in its critique.
CREATE TABLE glimpse (
  photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  critic TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  features BLOB NOT NULL,
  PRIMARY KEY (photo_id, critic)
) STRICT;

-- What was learned from a grader's own grades. `agreement`: Spearman's, of photos held out; `graded`: how many taught it.
CREATE TABLE estimator (
  id INTEGER PRIMARY KEY,
  critic TEXT NOT NULL,
  model_hash TEXT NOT NULL,
  prompt_version TEXT NOT NULL,
  agreement REAL NOT NULL,
  graded INTEGER NOT NULL,
  learned_at INTEGER NOT NULL,
  UNIQUE (critic, model_hash, prompt_version)
) STRICT;

CREATE TABLE estimate (
  estimator_id INTEGER NOT NULL REFERENCES estimator(id) ON DELETE CASCADE,
  photo_id INTEGER NOT NULL REFERENCES photo(id) ON DELETE CASCADE,
  content TEXT NOT NULL,
  value REAL NOT NULL,
  -- How far models of parts of what taught it are apart, in points: how uncertain it is.
  spread REAL NOT NULL,
  PRIMARY KEY (estimator_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX estimate_of_photo ON estimate (photo_id);

-- The estimate that counts, while the chosen grader has not graded the photo; else null.
ALTER TABLE photo ADD COLUMN estimate REAL;
ALTER TABLE photo ADD COLUMN estimator_id INTEGER REFERENCES estimator(id) ON DELETE SET NULL;

-- Tiers: 0 graded, 1 estimated, 2 by the measured critic alone, null none.
DROP INDEX photo_by_grade;
UPDATE photo SET grade_tier = 2 WHERE grade_tier = 1;
CREATE INDEX photo_by_grade ON photo
  (coalesce(grade_tier, 3), coalesce(estimate, grade) IS NULL, coalesce(estimate, grade) DESC, id);
