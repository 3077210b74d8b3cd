-- Steps hold commands of any kind, not only marks: what was changed, how it was, how it became.

CREATE TABLE command (
  step_id INTEGER NOT NULL REFERENCES step (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  -- A name of core/history/kinds.ts; the JSON beside it has that kind's shape.
  kind TEXT NOT NULL,
  target TEXT NOT NULL,
  before TEXT NOT NULL,
  after TEXT NOT NULL,
  PRIMARY KEY (step_id, position)
) STRICT;

-- Photos that were changed in the same way from the same state are one command.
INSERT INTO command (step_id, position, kind, target, before, after)
SELECT step_id, row_number() OVER (PARTITION BY step_id ORDER BY min(photo_id)) - 1, 'marks',
  '{"photos":' || json_group_array(photo_id) || '}',
  json_object('flag', old_flag, 'stars', old_stars, 'color', old_color),
  json_object('flag', new_flag, 'stars', new_stars, 'color', new_color)
FROM change
GROUP BY step_id, old_flag, old_stars, old_color, new_flag, new_stars, new_color;
DROP TABLE change;
DELETE FROM step WHERE id NOT IN (SELECT step_id FROM command);

-- Everything that was known below a root when it left the library, so that undo brings all of it back.
CREATE TABLE kept (
  root_id INTEGER NOT NULL,
  part INTEGER NOT NULL,
  table_name TEXT NOT NULL,
  -- JSON: names of the columns.
  columns TEXT NOT NULL,
  -- Deflated JSON: an array of values a row.
  rows BLOB NOT NULL,
  PRIMARY KEY (root_id, part)
) STRICT;
