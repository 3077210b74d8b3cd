-- What was seen in photos apart from what is concluded from it, so that a judgement can change without a look.

-- One row for each photo and analyser that looked at it; facts of another version are taken again.
CREATE TABLE facts (
  photo_id INTEGER NOT NULL REFERENCES photo (id) ON DELETE CASCADE,
  analyser TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- JSON, by name; of "measures": shared/facts.ts.
  value TEXT NOT NULL,
  -- 64-bit floats, little endian, in the analyser's order; of "measures": shared/traits.ts. Null: not kept by that version.
  numbers BLOB,
  PRIMARY KEY (photo_id, analyser)
) STRICT;

-- What the measured critic concluded from the facts: JSON of shared/facts.ts. Its critique says by which version.
CREATE TABLE concluded (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  value TEXT NOT NULL
) STRICT;

INSERT INTO concluded (photo_id, value)
  SELECT photo_id, json_object('cast', json_extract(value, '$.cast'), 'evidence', json_extract(value, '$.evidence'))
  FROM measures WHERE json_type(value, '$.evidence') = 'object';
INSERT INTO facts (photo_id, analyser, version, value)
  SELECT photo_id, 'measures', version,
    replace(json_remove(value, '$.cast', '$.evidence'), '"colourfulness"', '"colorfulness"')
  FROM measures;
DROP TABLE measures;

-- Nobody read it.
ALTER TABLE photo DROP COLUMN average_color;
