-- How exactly it is known when a photo was taken, and which body took it.

-- second, day, month or year; taken_at is its beginning, below zero before 1970. Null where taken_at is.
ALTER TABLE photo ADD COLUMN taken_precision TEXT;
UPDATE photo SET taken_precision = 'second' WHERE taken_at IS NOT NULL;
-- The body's own number, as EXIF or its maker's note has it.
ALTER TABLE photo ADD COLUMN camera_serial TEXT;

DROP INDEX photo_by_capture;
CREATE INDEX photo_by_capture ON photo (coalesce(camera_id, 0), coalesce(camera_serial, ''), taken_at, id)
  WHERE taken_at IS NOT NULL;
