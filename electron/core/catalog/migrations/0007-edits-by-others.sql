-- How a file is seen to have changed though its size and time are as they were, and what it says beside a person's mark.

-- Milliseconds since 1970 at which the system last changed anything of the file; null for files known before, and on
-- Windows. The next scan fills it.
ALTER TABLE file ADD COLUMN ctime REAL;
-- Hash of all bytes at the last look: core/files/fingerprint.ts. Null before it, and where it is not known.
ALTER TABLE file ADD COLUMN content TEXT;
-- Of a photo with one picture it is the one that was seen.
UPDATE file SET content = (SELECT content FROM photo WHERE id = photo_id)
  WHERE role <> 'sidecar' AND photo_id IN
    (SELECT photo_id FROM file WHERE role <> 'sidecar' GROUP BY photo_id HAVING count(*) = 1);

-- What file and sidecar say now, whatever a person decided. No row: they say nothing.
CREATE TABLE file_mark (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  flag TEXT NOT NULL CHECK (flag IN ('pick', 'none', 'reject')),
  stars INTEGER NOT NULL CHECK (stars BETWEEN 0 AND 5),
  color TEXT NOT NULL CHECK (color IN ('none', 'red', 'yellow', 'green', 'blue', 'purple'))
) STRICT;
INSERT INTO file_mark (photo_id, flag, stars, color) SELECT photo_id, flag, stars, color FROM mark WHERE source = 'file';
