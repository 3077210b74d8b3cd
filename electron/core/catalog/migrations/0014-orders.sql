-- What a window shows first comes from an index while the columns are read: the best by technical quality and by grade.
CREATE INDEX photo_by_technical ON photo (technical);
CREATE INDEX photo_by_grade ON photo (coalesce(grade_tier, 2), grade IS NULL, grade DESC, id);
