-- How a person turned a photo beyond what its file says, quarters of a circle to the right. `width` and `height` are as it is
-- then seen; previews, faces and everything else that was seen in it stay as the file stands and are turned when they are read.
ALTER TABLE photo ADD COLUMN quarters INTEGER NOT NULL DEFAULT 0 CHECK (quarters BETWEEN 0 AND 3);
