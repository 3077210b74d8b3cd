-- Files that could not be read, and kinds of which more is read now: each is looked at once more.
UPDATE photo SET state = 'pending', error = NULL, failure = NULL WHERE state = 'failed' AND failure = 'file';
UPDATE photo SET state = 'pending' WHERE state = 'ready' AND kind IN ('gif', 'png', 'webp', 'tiff', 'psd');
