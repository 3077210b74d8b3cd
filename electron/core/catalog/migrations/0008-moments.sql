-- Stacks are moments of several kinds, with what is on top and why.

ALTER TABLE stack ADD COLUMN moment TEXT NOT NULL DEFAULT 'burst'
  CHECK (moment IN ('burst', 'repeat', 'duplicate', 'bracket', 'focus-bracket', 'panorama', 'manual'));
UPDATE stack SET moment = kind;
ALTER TABLE stack DROP COLUMN kind;
ALTER TABLE stack RENAME COLUMN moment TO kind;
-- The next best photo; it may have gone or left since.
ALTER TABLE stack ADD COLUMN second_id INTEGER;
ALTER TABLE stack ADD COLUMN reason TEXT NOT NULL DEFAULT '';
-- 0–1; null where there is nothing to compare.
ALTER TABLE stack ADD COLUMN margin REAL;
ALTER TABLE stack ADD COLUMN too_close INTEGER NOT NULL DEFAULT 0 CHECK (too_close IN (0, 1));
-- 1: a person put its top there; finding leaves it while it is among the frames.
ALTER TABLE stack ADD COLUMN top_by_person INTEGER NOT NULL DEFAULT 0 CHECK (top_by_person IN (0, 1));

-- EV, as the camera says it was told to expose more or less.
ALTER TABLE photo ADD COLUMN exposure_bias REAL;

-- facts of the analyser "signature": its numbers are the bytes of shared/signature.ts, its value is empty.
