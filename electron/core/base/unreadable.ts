/** Why a photo cannot be shown; the message is a sentence for people, kept in the catalog and shown on the page. */

/**
 * Whose failure it is. `file`: what the file says; it stays until the file changes. `machine`: a drive that does not
 * answer, a missing permission, too little memory or too few open files; it passes, so the photo is tried again.
 */
export type Failure = 'file' | 'machine';

export class UnreadablePhoto extends Error {
  override name = 'UnreadablePhoto';
  readonly failure: Failure;

  constructor(message: string, failure: Failure = 'file') {
    super(message);
    this.failure = failure;
  }
}

/**
 * Nothing came back. `died`: the process ended or was given up over it, which counts against the photo. `silent`: the
 * drive did not answer, so nothing else of this process should ask it for the file now.
 */
export type Loss = 'died' | 'silent';

export class LostPhoto extends UnreadablePhoto {
  override name = 'LostPhoto';
  readonly loss: Loss;

  constructor(message: string, failure: Failure, loss: Loss) {
    super(message, failure);
    this.loss = loss;
  }
}
