/** What a person says of a photo and a sidecar can carry, beside keywords, which are united. */

/** Texts of a photo. */
export const WORD_FIELDS = ['title', 'caption'] as const;
export type WordField = (typeof WORD_FIELDS)[number];

/** What library and sidecar can say differently. */
export const STATEMENT_FIELDS = ['flag', 'stars', 'color', 'title', 'caption'] as const;
export type StatementField = (typeof STATEMENT_FIELDS)[number];
