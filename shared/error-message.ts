/** What was thrown, as the sentence that people are shown: anything can be thrown, and most of it has a message. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
