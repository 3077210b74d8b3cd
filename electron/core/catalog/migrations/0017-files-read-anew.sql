-- Files that could not be read, and kinds of which more is read now: each is looked at once more.
UPDATE photo SET state = 'pending', error = NULL, failure = NULL WHERE state = 'failed' AND failure = 'file';
UPDATE photo SET state = 'pending' WHERE state = 'ready' AND kind IN ('gif', 'png', 'webp', 'tiff', 'psd');

-- Crispness measured on a small preview of a RAW claims no more in orders than in grades: 16 points for each octave that the
-- preview lacks of 0.8 of the photo's long edge.
UPDATE photo SET
  focus = MIN(focus, c.most),
  subject_focus = MIN(subject_focus, c.most)
FROM (
  SELECT f.photo_id,
    MAX(0, 100 - 16 * log2(MAX(1, 0.8 * MAX(p.width, p.height, 1) /
      MAX(json_extract(f.value, '$.measuredOn.width'), json_extract(f.value, '$.measuredOn.height'))))) AS most
  FROM facts f JOIN photo p ON p.id = f.photo_id
  WHERE f.analyser = 'measures' AND json_extract(f.value, '$.measuredOn.width') IS NOT NULL
) c WHERE c.photo_id = photo.id;
