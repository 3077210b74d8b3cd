-- For sorting and filtering by the focus of what draws the eye.
ALTER TABLE photo ADD COLUMN subject_focus REAL;
UPDATE photo SET subject_focus = (
  SELECT json_extract(f.value, '$.subjectFocus') FROM facts f WHERE f.photo_id = photo.id AND f.analyser = 'measures'
);
