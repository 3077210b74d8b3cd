/** Why a photo cannot be shown; the message is a sentence for people, kept in the catalog and shown on the page. */
export class UnreadablePhoto extends Error {
  override name = 'UnreadablePhoto';
}
