/**
 * Every call and event between the page (or the command line) and the core, once. Both ends get their types from
 * here; a handler that is missing does not compile, and input is checked against these schemas on arrival.
 * Calls are `noun.verb`; all take an AbortSignal; streams are async iterators.
 */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { critiqueSchema } from './critique.ts';
import {
  ANSWERS,
  cullFrameSchema,
  cullMomentSchema,
  GENRE_NAMES,
  proposalPartSchema,
  proposalSchema,
  proposedSchema,
  shootSchema,
  suggestionPlanSchema,
  wishSchema,
} from './culling.ts';
import { exportOptionsSchema } from './export.ts';
import { DIMENSIONS, LEVELS } from './grade.ts';
import { jobSchema } from './job.ts';
import { engineSchema, modelSchema } from './model.ts';
import { MOMENT_KINDS, momentSchema } from './moments.ts';
import { exportPlanSchema, trashPlanSchema } from './outward.ts';
import { ownEvaluationSchema } from './own-evaluation.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES, photoDetailSchema, photoIdSchema, photoRowSchema } from './photo.ts';
import { PHOTO_COLUMNS } from './photo-columns.ts';
import { filterSchema, querySchema } from './query.ts';
import { shootReportSchema } from './report.ts';
import { likenessSchema, settingsSchema } from './settings.ts';
import { STATEMENT_FIELDS, WORD_FIELDS } from './statement.ts';

/** Everything that can go wrong on purpose; `message` is always a sentence for people. */
const call = oc.errors({
  NOT_FOUND: {},
  CONFLICT: {},
  INVALID: {},
  UNAVAILABLE: {},
  DISK_FULL: {},
  READ_ONLY: {},
  MODEL_FAILED: {},
});

/** In one pass: a schema a number takes half a second for a million of them. */
const idsSchema = z.custom<number[]>(
  (value) =>
    Array.isArray(value) && value.length <= 1_000_000 && value.every((id) => Number.isSafeInteger(id) && id > 0),
  'Not a list of at most a million photo ids.',
);
const nameSchema = z.string().trim().min(1).max(200);
const nothing = z.object({});

/** What undo and redo would do, for people; null when there is nothing. */
const historySchema = z.object({ undo: z.string().nullable(), redo: z.string().nullable() });

/** What happened, so that the page reads again only what changed. */
export const eventSchema = z.discriminatedUnion('kind', [
  /** These columns of these photos changed; null means many photos, or any column. */
  z.object({
    kind: z.literal('photos'),
    ids: z.array(photoIdSchema).nullable(),
    columns: z.array(z.enum(PHOTO_COLUMNS)).nullable(),
  }),
  z.object({ kind: z.literal('folders') }),
  /** The list of albums is another. `filled`: these hold other photos, or in another order; null: any of them. */
  z.object({ kind: z.literal('albums'), filled: z.array(z.int()).nullable() }),
  z.object({ kind: z.literal('jobs'), jobs: z.array(jobSchema) }),
  /** What undo and redo would do now. */
  historySchema.extend({ kind: z.literal('history') }),
  z.object({ kind: z.literal('settings'), settings: settingsSchema }),
  z.object({ kind: z.literal('models') }),
  z.object({ kind: z.literal('engine'), engine: engineSchema }),
]);
export type CoreEvent = z.infer<typeof eventSchema>;

export const folderNodeSchema = z.object({
  id: z.int(),
  parentId: z.int().nullable(),
  name: z.string(),
  /** Photos in it and below. */
  count: z.int(),
  /** Offline: the drive or folder is not there now. */
  state: z.enum(['online', 'offline']),
  /** Set on the top folder of a root. */
  rootId: z.int().nullable(),
});
export type FolderNode = z.infer<typeof folderNodeSchema>;

/** A folder of this computer named by a one-time token, so that the page never names a path. */
const diskFolderSchema = z.object({ token: z.string(), name: z.string() });

export const albumSchema = z.object({
  id: z.int(),
  name: z.string(),
  kind: z.enum(['album', 'smart']),
  /** The saved filter of a smart album. */
  filter: filterSchema.nullable(),
  count: z.int(),
  position: z.int(),
});
export type Album = z.infer<typeof albumSchema>;

const facet = <T extends z.ZodType>(value: T) => z.array(z.object({ value, count: z.int() }));

export const facetsSchema = z.object({
  total: z.int(),
  levels: facet(z.enum(LEVELS)),
  ungraded: z.int(),
  flags: facet(z.enum(FLAGS)),
  stars: facet(z.int()),
  colors: facet(z.enum(COLORS)),
  cameras: facet(z.string()),
  lenses: facet(z.string()),
  isos: facet(z.number()),
  kinds: facet(z.enum(KINDS)),
  folders: facet(z.int()),
  gps: z.int(),
  /** By how many faces were found. */
  faces: facet(z.int()),
  reasons: facet(z.string()),
  states: facet(z.enum(PHOTO_STATES)),
  keywords: facet(z.string()),
  days: facet(z.string()),
});
export type Facets = z.infer<typeof facetsSchema>;

export const orderSchema = z.object({
  /** Base64 of PACKED_BYTES a photo (shared/query.ts): id and aspect ratio, in the view's order. */
  packed: z.string(),
  total: z.int(),
  /** Headers: each starts at an index of the order and covers `count` photos. */
  sections: z.array(z.object({ key: z.string(), label: z.string(), start: z.int(), count: z.int() })),
  /** Milliseconds that the catalog needed. */
  milliseconds: z.number(),
});
export type Order = z.infer<typeof orderSchema>;
export type Section = Order['sections'][number];

/** A piece of a text that is being written, or what came with it. */
export const writingSchema = z.discriminatedUnion('kind', [
  /** What goes on before the first word: loading the model, looking at the photo. */
  z.object({ kind: z.literal('status'), text: z.string() }),
  z.object({ kind: z.literal('heading'), text: z.string() }),
  z.object({ kind: z.literal('token'), text: z.string() }),
  /** A measured fact that the text leans on, numbered from 1. */
  z.object({ kind: z.literal('evidence'), number: z.int(), text: z.string() }),
  z.object({ kind: z.literal('critique'), critique: critiqueSchema }),
  z.object({ kind: z.literal('end'), reason: z.enum(['complete', 'stopped', 'length']) }),
]);
export type Writing = z.infer<typeof writingSchema>;

export const messageSchema = z.object({
  id: z.int(),
  role: z.enum(['person', 'critic']),
  text: z.string(),
  critic: z.string().nullable(),
  createdAt: z.number(),
});
export type Message = z.infer<typeof messageSchema>;

/** The written reason for one photo over others. */
export const verdictSchema = z.object({
  /** Null when it is too close to call. */
  winner: photoIdSchema.nullable(),
  /** Best first. */
  ranking: z.array(z.object({ id: photoIdSchema, score: z.number() })),
  text: z.string(),
  /** What decided, heaviest first: dimension or measure, with each photo's value. */
  points: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      values: z.array(z.object({ id: photoIdSchema, value: z.number(), text: z.string() })),
      favours: photoIdSchema.nullable(),
    }),
  ),
  critic: z.string(),
});
export type Verdict = z.infer<typeof verdictSchema>;

/** Some photos and what is set on them; marks that are not given stay. */
const markAssignmentSchema = z.object({
  ids: idsSchema,
  flag: z.enum(FLAGS).optional(),
  stars: z.int().min(0).max(5).optional(),
  color: z.enum(COLORS).optional(),
});
export type MarkAssignment = z.infer<typeof markAssignmentSchema>;

/** What was learned of a person's taste, and whether it is used. */
export const tasteSchema = z.object({
  /** Photos with a mark or an answer that taste learns from. */
  marks: z.int(),
  /** Learned, better than the grade by enough, and switched on. */
  ready: z.boolean(),
  /** Share 0–1 of pairs of photos that it puts right, on photos that it has not seen; null before it can be told. */
  accuracy: z.number().nullable(),
  /** The same of the grade alone. */
  baseline: z.number().nullable(),
  /** What speaks for (positive) and against a photo, in grade points for a usual difference; heaviest first. */
  features: z.array(z.object({ name: z.string(), weight: z.number() })),
  /** A sentence: what it can do, or why it is not used. */
  text: z.string(),
});
export type TasteState = z.infer<typeof tasteSchema>;
const keywordsSchema = z.array(z.string().trim().min(1).max(500)).max(500);
/** `mixed`: photos have different ones. */
const sharedTextSchema = z.object({ text: z.string().nullable(), mixed: z.boolean() });

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

/** A step that was undone or done again. */
const travelSchema = z.object({
  /** Null when there was none. */
  label: z.string().nullable(),
  /** Photos that changed; none are named when a whole root came or went. */
  ids: z.array(photoIdSchema),
  /** A sentence on what could not be done, because it has gone or was changed since; null when all was. */
  note: z.string().nullable(),
});

export const contract = {
  app: {
    state: call.input(nothing).output(
      z.object({
        version: z.string(),
        platform: z.string(),
        shell: z.enum(['desktop', 'browser']),
        /** For people: where catalog and previews live. */
        dataDirectory: z.string(),
        dataBytes: z.number(),
        photos: z.int(),
        settings: settingsSchema,
      }),
    ),
    /** What happened at once travels in one message. */
    events: call.input(nothing).output(eventIterator(z.array(eventSchema))),
    doctor: call.input(nothing).output(
      z.array(
        z.object({
          name: z.string(),
          state: z.enum(['works', 'limited', 'missing']),
          text: z.string(),
          remedy: z.string().nullable(),
        }),
      ),
    ),
  },
  settings: {
    set: call.input(settingsSchema).output(settingsSchema),
  },
  /** This computer's folders, for choosing a root or a model file where no native dialog is. */
  disk: {
    list: call
      .input(
        z.object({
          token: z.string().nullable(),
          files: z.enum(['none', 'gguf']).default('none'),
          /** What a person typed as a path, `~` for the own folder: its nearest folder that exists is listed. */
          typed: z.string().max(4096).optional(),
        }),
      )
      .output(
        z.object({
          /** For people. */
          path: z.string(),
          here: diskFolderSchema,
          parent: diskFolderSchema.nullable(),
          /** What was typed beyond the folder that is listed: the beginning of a name, or a name that is not there. */
          rest: z.string(),
          /** Where people keep pictures on this machine, and what they added before. */
          places: z.array(diskFolderSchema.extend({ kind: z.enum(['home', 'pictures', 'recent', 'drive']) })),
          folders: z.array(diskFolderSchema),
          files: z.array(diskFolderSchema.extend({ bytes: z.number() })),
          /** Picture files directly in this folder, to recognise the right one. */
          pictures: z.int(),
        }),
      ),
  },
  roots: {
    add: call.input(z.object({ token: z.string() })).output(z.object({ id: z.int() })),
    addDemo: call.input(nothing).output(z.object({ job: z.int() })),
    remove: call.input(z.object({ id: z.int() })).output(nothing),
    rescan: call.input(z.object({ id: z.int().nullable() })).output(nothing),
  },
  folders: {
    tree: call.input(nothing).output(z.array(folderNodeSchema)),
  },
  photos: {
    order: call.input(z.object({ query: querySchema })).output(orderSchema),
    /**
     * The beginning of that order, photo by photo the same, while the whole one takes longer: what a window shows first.
     * `total` counts the whole view. Null where the order itself is as quick, and for views that have no such beginning.
     */
    head: call
      .input(z.object({ query: querySchema }))
      .output(orderSchema.pick({ packed: true, total: true, milliseconds: true }).nullable()),
    rows: call.input(z.object({ ids: z.array(photoIdSchema).max(2000) })).output(z.array(photoRowSchema)),
    detail: call.input(z.object({ id: photoIdSchema })).output(photoDetailSchema),
    facets: call.input(z.object({ query: querySchema })).output(facetsSchema),
    /** Photos in each fixed place of the sidebar. */
    counts: call
      .input(nothing)
      .output(z.object({ all: z.int(), best: z.int(), recent: z.int(), rejected: z.int(), problems: z.int() })),
    /** Says what is on screen, so that it is looked at and graded first. */
    visible: call.input(z.object({ ids: z.array(photoIdSchema).max(2000) })).output(nothing),
    /** Has them looked at again, whatever became of earlier looks; their folders are scanned too. */
    lookAgain: call.input(z.object({ ids: z.array(photoIdSchema).min(1).max(2000) })).output(nothing),
    /** Grades of the view in bins of five points (20 bins) and the library's median of each dimension. */
    distribution: call.input(z.object({ query: querySchema })).output(
      z.object({
        bins: z.array(z.int()).length(20),
        median: z.number().nullable(),
        dimensions: z.partialRecord(z.enum(DIMENSIONS), z.number()),
      }),
    ),
  },
  faces: {
    /** Looks for faces in photos that were not looked at. @returns the job; null when there is nothing to do, or it is switched off. */
    find: call.input(nothing).output(z.object({ job: z.int().nullable() })),
    /** Deletes everything that was found. As long as it is not switched off, it is found again at the next start. */
    forget: call.input(nothing).output(nothing),
  },
  marks: {
    /** Sets what is given on all these photos, as one step of the history. */
    set: call.input(markAssignmentSchema).output(z.object({ changed: z.int() })),
    /** Sets different marks on different photos, as one step; no photo may be named twice. */
    setEach: call
      .input(z.object({ changes: z.array(markAssignmentSchema).max(1_000) }))
      .output(z.object({ changed: z.int() })),
  },
  moments: {
    /** The moments that these photos are in. */
    of: call.input(z.object({ ids: z.array(photoIdSchema).max(2000) })).output(z.array(momentSchema)),
    /** How many another likeness would find; the hand-made ones among them. Asking again ends the question before. */
    count: call.input(z.object({ likeness: likenessSchema })).output(
      z.object({
        moments: z.int(),
        photos: z.int(),
        kinds: z.partialRecord(z.enum(MOMENT_KINDS), z.int()),
      }),
    ),
    /** Finds all again by this likeness, which becomes the setting; hand-made ones stay. */
    regroup: call.input(z.object({ likeness: likenessSchema })).output(nothing),
    /** Puts photos together, as one step of the history. */
    stack: call.input(z.object({ ids: idsSchema })).output(momentSchema),
    /** Takes the moments of these photos apart. */
    unstack: call.input(z.object({ ids: idsSchema })).output(nothing),
    /** Parts one moment in two: these photos, and its others. */
    split: call.input(z.object({ ids: idsSchema })).output(nothing),
    /** Puts a photo on top of its moment. */
    putOnTop: call.input(z.object({ id: photoIdSchema })).output(nothing),
  },
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
    /** A person's choice where library and sidecar contradict each other. */
    resolve: call
      .input(
        z.object({ id: photoIdSchema, field: z.enum(STATEMENT_FIELDS), choice: z.enum(['ours', 'theirs', 'both']) }),
      )
      .output(nothing),
  },
  /** Every change that a person made, as steps that are undone and done again; it outlives restarts and has no end. */
  history: {
    /** Labels of the steps that undo and redo would take; null where there is none. */
    state: call.input(nothing).output(historySchema),
    undo: call.input(nothing).output(travelSchema),
    redo: call.input(nothing).output(travelSchema),
  },
  culling: {
    /** A shoot in its moments, in order of capture, with what is decided and where one was. */
    open: call.input(z.object({ shoot: shootSchema })).output(
      z.object({
        moments: z.array(cullMomentSchema),
        decided: z.array(photoIdSchema),
        picked: z.array(photoIdSchema),
        rejected: z.array(photoIdSchema),
        place: photoIdSchema.nullable(),
        genre: z.enum(GENRE_NAMES),
        genreProposed: z.enum(GENRE_NAMES),
      }),
    ),
    /** The frames of one moment, and what Enter would do in it. */
    moment: call
      .input(z.object({ shoot: shootSchema, photos: z.array(photoIdSchema).min(1).max(2000) }))
      .output(z.object({ frames: z.array(cullFrameSchema), plan: suggestionPlanSchema })),
    /** Remembers where one is. */
    stay: call.input(z.object({ shoot: shootSchema, photo: photoIdSchema })).output(nothing),
    /** The shoot that was open last. */
    last: call.input(nothing).output(z.object({ shoot: shootSchema.nullable() })),
    setGenre: call.input(z.object({ shoot: shootSchema, genre: z.enum(GENRE_NAMES).nullable() })).output(nothing),
    /** Stretches of time between long pauses, oldest first. */
    stretches: call
      .input(nothing)
      .output(z.array(z.object({ from: z.number(), to: z.number(), count: z.int(), first: photoIdSchema }))),
    /** What would be kept; nothing is marked. */
    propose: call
      .input(
        z.object({
          shoot: shootSchema,
          wish: wishSchema,
          part: proposalPartSchema.default('border'),
          limit: z.int().min(0).max(500).default(16),
        }),
      )
      .output(proposalSchema),
    /** Marks what is proposed as one step; `except` stays as it is. */
    apply: call
      .input(
        z.object({
          shoot: shootSchema,
          wish: wishSchema,
          only: z.enum(['both', 'picks']).default('both'),
          except: idsSchema.default([]),
        }),
      )
      .output(z.object({ picked: z.int(), rejected: z.int() })),
    /** A person's answer to a reason; null takes it back. `similar`: photos for which the same reason was given. */
    answer: call
      .input(
        z.object({
          shoot: shootSchema.nullable(),
          photos: z.array(photoIdSchema).min(1).max(2000),
          reason: z.string().min(1).max(100),
          answer: z.enum(ANSWERS).nullable(),
          word: z.string().trim().max(200).default(''),
        }),
      )
      .output(z.object({ changed: z.int(), similar: z.array(photoIdSchema) })),
    /** Rejected but high, picked but low. */
    secondLook: call
      .input(z.object({ shoot: shootSchema, limit: z.int().min(1).max(200).default(24) }))
      .output(z.object({ rejectedHigh: z.array(proposedSchema), pickedLow: z.array(proposedSchema) })),
  },
  taste: {
    state: call.input(nothing).output(tasteSchema),
    /** Forgets the marks up to now; later ones are learned from. */
    reset: call.input(nothing).output(tasteSchema),
    /** What was learned, as a document to keep. */
    export: call.input(nothing).output(z.object({ document: z.string() })),
  },
  albums: {
    list: call.input(nothing).output(z.array(albumSchema)),
    create: call
      .input(z.object({ name: nameSchema, filter: filterSchema.nullable(), ids: idsSchema.default([]) }))
      .output(albumSchema),
    rename: call.input(z.object({ id: z.int(), name: nameSchema })).output(nothing),
    setFilter: call.input(z.object({ id: z.int(), filter: filterSchema })).output(nothing),
    remove: call.input(z.object({ id: z.int() })).output(nothing),
    /** New order of all albums of a kind. */
    arrange: call.input(z.object({ ids: z.array(z.int()) })).output(nothing),
    addPhotos: call.input(z.object({ id: z.int(), ids: idsSchema })).output(z.object({ added: z.int() })),
    removePhotos: call.input(z.object({ id: z.int(), ids: idsSchema })).output(nothing),
    /** Moves photos of an album in front of another one, or to the end. */
    movePhotos: call.input(z.object({ id: z.int(), ids: idsSchema, before: photoIdSchema.nullable() })).output(nothing),
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
    read: call
      .input(z.object({ query: querySchema, title: nameSchema, version: shootReportSchema.shape.version }))
      .output(shootReportSchema),
    /** As one file with its pictures inside, in a folder (a token of disk.list), under a name that is free. */
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
      .output(z.object({ name: z.string() })),
  },
  jobs: {
    list: call.input(nothing).output(z.array(jobSchema)),
    pause: call.input(z.object({ id: z.int() })).output(nothing),
    resume: call.input(z.object({ id: z.int() })).output(nothing),
    cancel: call.input(z.object({ id: z.int() })).output(nothing),
    /** Removes an ended job from the list. */
    dismiss: call.input(z.object({ id: z.int() })).output(nothing),
  },
  critic: {
    /** Grades a view with the active model, what is on screen first. */
    grade: call.input(z.object({ query: querySchema })).output(z.object({ job: z.int() })),
    explain: call
      .input(z.object({ id: photoIdSchema, again: z.boolean().default(false) }))
      .output(eventIterator(writingSchema)),
    messages: call.input(z.object({ id: photoIdSchema })).output(z.array(messageSchema)),
    /** Asks a free question; `retry` writes the last answer again. */
    ask: call
      .input(
        z.object({
          id: photoIdSchema,
          question: z.string().trim().min(1).max(4000),
          retry: z.boolean().default(false),
        }),
      )
      .output(eventIterator(writingSchema)),
    /** Deletes one message with its answer, or all of the photo's. */
    forget: call.input(z.object({ id: photoIdSchema, message: z.int().nullable() })).output(nothing),
    compare: call.input(z.object({ ids: z.array(photoIdSchema).min(2).max(4) })).output(verdictSchema),
    engine: call.input(nothing).output(engineSchema),
    /** How well each critic's grades agree with what the person decided. */
    own: call.input(nothing).output(ownEvaluationSchema),
  },
  models: {
    list: call.input(nothing).output(z.array(modelSchema)),
    /** Starts fetching (and converting) a registry entry; the person has agreed to `licence`. */
    install: call
      .input(z.object({ name: z.string(), licence: z.string().nullable() }))
      .output(z.object({ job: z.int() })),
    /** Adds GGUF files from disk; the projector is looked for beside the model when it is not given. */
    addLocal: call
      .input(z.object({ model: z.string(), mmproj: z.string().nullable(), title: nameSchema.optional() }))
      .output(modelSchema),
    remove: call.input(z.object({ name: z.string() })).output(nothing),
    /** The measured critic is `measured`. */
    use: call.input(z.object({ name: z.string() })).output(nothing),
  },
};
