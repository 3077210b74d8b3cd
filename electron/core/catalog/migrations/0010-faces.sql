-- Faces that were found in photos: where they are and how their eyes look, never whose they are.

-- Faces of the content that the photo has now; null: not looked at.
ALTER TABLE photo ADD COLUMN face_count INTEGER;
-- Warnings about them (shared/face.ts), ',' between.
ALTER TABLE photo ADD COLUMN face_reasons TEXT NOT NULL DEFAULT '';

-- A photo that was looked at for faces, also where none was found.
CREATE TABLE face_look (
  photo_id INTEGER PRIMARY KEY REFERENCES photo (id) ON DELETE CASCADE,
  -- Of the analyser: what another version found is looked for again.
  version INTEGER NOT NULL,
  -- Of the photo when it was looked at.
  content TEXT NOT NULL,
  -- Focus at the sharpest place of the frame, as at the eyes; null where no eye was measured.
  frame_focus REAL,
  -- Why nothing could be found out: a sentence for people. It is not tried again on this content.
  failure TEXT
) STRICT;

CREATE TABLE face (
  photo_id INTEGER NOT NULL REFERENCES face_look (photo_id) ON DELETE CASCADE,
  -- Largest first.
  position INTEGER NOT NULL,
  -- Shares of the upright picture's width and height.
  left REAL NOT NULL,
  top REAL NOT NULL,
  width REAL NOT NULL,
  height REAL NOT NULL,
  score REAL NOT NULL,
  -- Degrees.
  yaw REAL NOT NULL,
  pitch REAL NOT NULL,
  roll REAL NOT NULL,
  -- Width in pixels of the original.
  pixels REAL NOT NULL,
  eyes TEXT NOT NULL CHECK (eyes IN ('open', 'closed', 'unknown')),
  -- Why eyes are unknown, see shared/face.ts.
  untold TEXT,
  aspect REAL NOT NULL,
  -- Of the nearer eye: middle and width, shares.
  eye_x REAL NOT NULL,
  eye_y REAL NOT NULL,
  eye_width REAL NOT NULL,
  eye_focus REAL,
  prominent INTEGER NOT NULL CHECK (prominent IN (0, 1)),
  PRIMARY KEY (photo_id, position)
) STRICT, WITHOUT ROWID;
