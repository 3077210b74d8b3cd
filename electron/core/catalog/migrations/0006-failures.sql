-- Failures that pass are told from those that stay, and a photo that ends its decoder is remembered over restarts.

-- Whose failure it is, see core/base/unreadable.ts; of a ready photo: something of it could not be read.
ALTER TABLE photo ADD COLUMN failure TEXT CHECK (failure IN ('file', 'machine'));
-- Decoding processes that ended over it since it last changed or was last seen.
ALTER TABLE photo ADD COLUMN deaths INTEGER NOT NULL DEFAULT 0;
CREATE INDEX photo_by_failure ON photo (failure) WHERE failure = 'machine';

-- Why earlier ones failed was not written down: each is tried once more.
UPDATE photo SET failure = 'machine' WHERE state = 'failed';
UPDATE photo SET failure = 'file' WHERE state = 'ready' AND error IS NOT NULL;
