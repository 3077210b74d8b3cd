/**
 * Moments: photos that belong together in time and content, of one kind each, with the one that is shown and why.
 * Which photos form them is found by core/culling, or said by a person.
 */
import { z } from 'zod';

const photoId = z.int().positive();

/**
 * `burst`: frames of one press of the button. `repeat`: the same pose or view taken again by hand within a minute or
 * two. `duplicate`: the same picture in another format, size, color space, or a copy. `bracket`: exposures in even
 * steps. `focus-bracket`: the sharp region migrates. `panorama`: views that overlap, one beside the other, of one
 * exposure. `manual`: made by a person, never regrouped.
 */
export const MOMENT_KINDS = ['burst', 'repeat', 'duplicate', 'bracket', 'focus-bracket', 'panorama', 'manual'] as const;
export type MomentKind = (typeof MOMENT_KINDS)[number];

/** Kinds which stay whole: one decision marks all frames, never proposed apart. */
export const WHOLE_KINDS: ReadonlySet<MomentKind> = new Set<MomentKind>(['bracket', 'focus-bracket', 'panorama']);

/** Why the top is on top. margin 0–1 (0 equal), null where there is nothing to compare. */
export const momentReasonSchema = z.object({
  /** For people: `sharpest, by little`. */
  text: z.string(),
  margin: z.number().min(0).max(1).nullable(),
  tooClose: z.boolean(),
});
export type MomentReason = z.infer<typeof momentReasonSchema>;

export const momentSchema = z.object({
  id: z.int(),
  kind: z.enum(MOMENT_KINDS),
  /** The photo that stands for the moment. */
  top: photoId,
  /** The next best; null where kinds that stay whole have none. */
  second: photoId.nullable(),
  /** In order of capture. */
  photos: z.array(photoId),
  reason: momentReasonSchema,
});
export type Moment = z.infer<typeof momentSchema>;
