-- Words of people (keywords, titles, captions), and what sidecars said when library and sidecar last agreed.

-- What file and sidecar say in words, whatever a person changed. No row: nothing.
CREATE TABLE file_word (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  title TEXT,
  caption TEXT,
  -- JSON arrays; of `paths` an item is `A|B|C`.
  keywords TEXT NOT NULL DEFAULT '[]',
  paths TEXT NOT NULL DEFAULT '[]',
  -- xmp:MetadataDate.
  metadata_date INTEGER
) STRICT;
INSERT INTO file_word (photo_id, title, caption, keywords)
  SELECT p.id, d.title, d.caption,
    (SELECT json_group_array(k.name) FROM photo_keyword pk JOIN keyword k ON k.id = pk.keyword_id WHERE pk.photo_id = p.id)
  FROM photo p LEFT JOIN detail d ON d.photo_id = p.id
  WHERE d.title IS NOT NULL OR d.caption IS NOT NULL OR p.id IN (SELECT photo_id FROM photo_keyword);

-- What a person made of the words, as long as file and sidecar say otherwise.
CREATE TABLE keyword_edit (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  -- A name, or a path `A|B|C`.
  name TEXT NOT NULL,
  -- 1: added, 0: taken out.
  present INTEGER NOT NULL CHECK (present IN (0, 1)),
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (photo_id, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE text_edit (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  field TEXT NOT NULL CHECK (field IN ('title', 'caption')),
  -- '' takes it out.
  value TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (photo_id, field)
) STRICT, WITHOUT ROWID;

-- Marks, title and caption in which library and file last agreed: whoever differs from it has changed since. No row:
-- agreed on none. `synced`: by writing or reading a sidecar, so that a later change of it is followed.
CREATE TABLE agreed (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  flag TEXT NOT NULL DEFAULT 'none' CHECK (flag IN ('pick', 'none', 'reject')),
  stars INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5),
  color TEXT NOT NULL DEFAULT 'none' CHECK (color IN ('none', 'red', 'yellow', 'green', 'blue', 'purple')),
  title TEXT,
  caption TEXT,
  synced INTEGER NOT NULL DEFAULT 0 CHECK (synced IN (0, 1)),
  -- xmp:MetadataDate when all of it was agreed on.
  metadata_date INTEGER
) STRICT;
INSERT INTO agreed (photo_id, flag, stars, color, title, caption)
  SELECT p.id, coalesce(m.flag, 'none'), coalesce(m.stars, 0), coalesce(m.color, 'none'), w.title, w.caption
  FROM photo p LEFT JOIN file_mark m ON m.photo_id = p.id LEFT JOIN file_word w ON w.photo_id = p.id
  WHERE m.photo_id IS NOT NULL OR w.title IS NOT NULL OR w.caption IS NOT NULL;

-- Bytes of sidecars before and after they were written, by their hash: what undo and redo put back.
CREATE TABLE sidecar_bytes (hash TEXT PRIMARY KEY, deflated BLOB NOT NULL) STRICT, WITHOUT ROWID;
