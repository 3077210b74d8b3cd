-- Servers on other computers (or this one) that judge photos, each agreed to by a person. Keys are not here.

CREATE TABLE engine (
  -- As models/remote/address.ts writes it.
  address TEXT PRIMARY KEY,
  -- Whose grades they are: engines of one model, hash and picture size share it and one queue.
  critic TEXT NOT NULL,
  title TEXT NOT NULL,
  -- As this server calls the model.
  model TEXT NOT NULL,
  server TEXT NOT NULL,
  -- What the server says of the model, sha256.
  hash TEXT NOT NULL,
  -- Long edge of the picture that is sent, pixels.
  edge INTEGER NOT NULL,
  at_once INTEGER NOT NULL,
  -- What its template puts between question and answer.
  gap TEXT NOT NULL,
  -- 0: it gives no log-probabilities, so it writes and does not grade.
  grades INTEGER NOT NULL CHECK (grades IN (0, 1)),
  -- The sentence on what leaves, word for word as it was agreed to.
  agreed TEXT NOT NULL,
  agreed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
