/** Calls on what people say of photos in words, and on what leaves the library: sidecars, exports, trash, the report. */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { call, idsSchema, nameSchema, nothing } from './contract-call.ts';
import { exportOptionsSchema } from './export.ts';
import {
  cardLookSchema,
  cardPhotoSchema,
  embedPlanSchema,
  exportPlanSchema,
  importPlanSchema,
  trashPlanSchema,
} from './outward.ts';
import { photoIdSchema } from './photo.ts';
import { querySchema } from './query.ts';
import { shootReportSchema } from './report.ts';
import { STATEMENT_FIELDS, WORD_FIELDS } from './statement.ts';

const keywordsSchema = z.array(z.string().trim().min(1).max(500)).max(500);
/** `mixed`: photos have different ones. */
const sharedTextSchema = z.object({ text: z.string().nullable(), mixed: z.boolean() });

const labelWordsSchema = z
  .object({ red: z.string(), yellow: z.string(), green: z.string(), blue: z.string(), purple: z.string() })
  .partial();

/** Names of files are for people; of long lists only the first are named. */
export const sidecarReportSchema = z.object({
  written: z.int(),
  unchanged: z.int(),
  names: z.array(z.string()),
  conflicts: z.array(
    z.object({
      name: z.string(),
      field: z.string(),
      ours: z.union([z.string(), z.number()]).nullable(),
      theirs: z.union([z.string(), z.number()]).nullable(),
    }),
  ),
  failed: z.array(z.object({ name: z.string(), reason: z.string() })),
});
export type SidecarReport = z.infer<typeof sidecarReportSchema>;

/** A card is asked in pieces: its photos are looked into one after another. */
const cardIdsSchema = z.array(z.int().min(1)).max(64);
const importSchema = z.object({
  card: z.string(),
  ids: z.array(z.int().min(1)).max(100_000),
  folder: z.string(),
  /** Every file goes there as well; null: one copy is enough. */
  backup: z.string().nullable(),
  pattern: exportOptionsSchema.shape.pattern,
});

export const outwardCalls = {
  /** Keywords, titles and captions; each change is one step of the history. */
  words: {
    /** Gives and takes keywords; `A|B` is B below A. */
    tag: call
      .input(z.object({ ids: idsSchema, add: keywordsSchema.default([]), remove: keywordsSchema.default([]) }))
      .output(z.object({ changed: z.int() })),
    /** Sets title or caption; null takes it out. */
    set: call
      .input(z.object({ ids: idsSchema, field: z.enum(WORD_FIELDS), value: z.string().max(100_000).nullable() }))
      .output(z.object({ changed: z.int() })),
    /** What photos have in common: keywords with how many have each; null where texts differ. */
    shared: call.input(z.object({ ids: idsSchema })).output(
      z.object({
        keywords: z.array(z.object({ name: z.string(), count: z.int() })),
        title: sharedTextSchema,
        caption: sharedTextSchema,
      }),
    ),
    /** Keywords of the library that begin with a text, most used first. */
    suggest: call
      .input(z.object({ text: z.string().max(200) }))
      .output(z.array(z.object({ name: z.string(), count: z.int() }))),
  },
  /** XMP sidecars beside the photos. */
  sidecars: {
    /** What would be written. */
    plan: call.input(z.object({ ids: idsSchema })).output(sidecarReportSchema),
    /** Writes as one step of the history. */
    write: call.input(z.object({ ids: idsSchema })).output(z.object({ job: z.int() })),
    /** What a job of this run did; null while it works. */
    report: call.input(z.object({ job: z.int() })).output(sidecarReportSchema.nullable()),
    /** Takes over what sidecars say where theirs is the newer word, as one step of the history. */
    read: call.input(z.object({ ids: idsSchema })).output(sidecarReportSchema),
    /** The most frequent word of each color label in the library's sidecars. */
    labelWords: call.input(nothing).output(labelWordsSchema),
    /** A person's choice where library and sidecar contradict each other. */
    resolve: call
      .input(
        z.object({ id: photoIdSchema, field: z.enum(STATEMENT_FIELDS), choice: z.enum(['ours', 'theirs', 'both']) }),
      )
      .output(nothing),
  },
  /** Marks and words into photos themselves, by opt-in: exiftool writes a copy, the original stays beside it. */
  embed: {
    plan: call.input(z.object({ ids: idsSchema })).output(embedPlanSchema),
    /** @property signed also photos with content credentials, whose signature becomes void. */
    start: call.input(z.object({ ids: idsSchema, signed: z.boolean() })).output(z.object({ job: z.int() })),
  },
  /** Copies of photos elsewhere. `folder` is a token of disk.list. */
  exports: {
    /** What would happen; nothing is written. */
    plan: call
      .input(z.object({ ids: idsSchema, folder: z.string(), options: exportOptionsSchema }))
      .output(exportPlanSchema),
    start: call
      .input(z.object({ ids: idsSchema, folder: z.string(), options: exportOptionsSchema }))
      .output(z.object({ job: z.int() })),
  },
  /** The files themselves, in other programs of this computer. */
  files: {
    /** Absolute paths, for the clipboard: the page names photos by id. */
    paths: call.input(z.object({ ids: idsSchema })).output(z.object({ paths: z.array(z.string()) })),
    /** Shows a photo in the file manager, or opens it in the program that the system has for its kind. */
    open: call.input(z.object({ id: photoIdSchema, how: z.enum(['reveal', 'open']) })).output(nothing),
  },
  /** Photos from a card or folder. Places are tokens of disk.list; photos of the card have numbers of their own. */
  imports: {
    /** Lists a card by its names alone. The one that was open before is closed. */
    open: call
      .input(z.object({ card: z.string() }))
      .output(z.object({ path: z.string(), photos: z.array(cardPhotoSchema) })),
    /** Whether the library has these photos, by content, and when they were taken. */
    look: call.input(z.object({ card: z.string(), ids: cardIdsSchema })).output(z.array(cardLookSchema)),
    /** A small picture as a data address. */
    thumb: call.input(z.object({ card: z.string(), id: photoIdSchema })).output(z.object({ address: z.string() })),
    plan: call.input(importSchema).output(importPlanSchema),
    start: call.input(importSchema).output(z.object({ job: z.int() })),
  },
  /** Photos with all their files to the system's trash, or to a folder (a token of disk.list); undo brings them back. */
  trash: {
    plan: call.input(z.object({ ids: idsSchema, folder: z.string().nullable() })).output(trashPlanSchema),
    /** Rejected photos of a place, those that its filter hides with them, and how many those are. */
    rejected: call
      .input(z.object({ query: querySchema }))
      .output(z.object({ ids: z.array(photoIdSchema), hidden: z.int() })),
    /** Moves exactly these photos. */
    start: call.input(z.object({ ids: idsSchema, folder: z.string().nullable() })).output(z.object({ job: z.int() })),
  },
  /** The critique of the photos of a view. */
  report: {
    /** How far the counting is, and at last the report. */
    read: call
      .input(z.object({ query: querySchema, title: nameSchema, version: shootReportSchema.shape.version }))
      .output(
        eventIterator(
          z.discriminatedUnion('kind', [
            z.object({ kind: z.literal('progress'), done: z.int(), total: z.int() }),
            z.object({ kind: z.literal('report'), report: shootReportSchema }),
          ]),
        ),
      ),
    /** With a few sentences of the chosen model; those whose numbers are not the report's are left out. */
    words: call.input(z.object({ query: querySchema, title: nameSchema })).output(shootReportSchema),
    /** A job writes it as one file, its pictures inside, in a folder (a token of disk.list), under a name that is free. */
    write: call
      .input(
        z.object({
          query: querySchema,
          title: nameSchema,
          version: shootReportSchema.shape.version,
          folder: z.string(),
          ending: z.enum(['html', 'pdf']),
        }),
      )
      .output(z.object({ job: z.int() })),
    /** A job writes photos as a list, in a folder (a token of disk.list): a contact sheet as PDF, or all that is known of them. */
    list: call
      .input(
        z.object({ ids: idsSchema, title: nameSchema, folder: z.string(), ending: z.enum(['pdf', 'csv', 'json']) }),
      )
      .output(z.object({ job: z.int() })),
  },
};
