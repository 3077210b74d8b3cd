/**
 * Every call and event between the page (or the command line) and the core, once. Both ends get their types from
 * here; a handler that is missing does not compile, and input is checked against these schemas on arrival.
 * Calls are `noun.verb`; all take an AbortSignal; streams are async iterators.
 */
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { contradictionSchema } from './claims.ts';
import { call, idsSchema, nameSchema, nothing } from './contract-call.ts';
import { cullingCalls } from './contract-culling.ts';
import { engineCalls } from './contract-engines.ts';
import { learningCalls } from './contract-learning.ts';
import { outwardCalls } from './contract-outward.ts';
import { critiqueSchema } from './critique.ts';
import { EVIDENCE_KINDS, evidenceSchema } from './evidence.ts';
import { DIMENSIONS, LEVELS } from './grade.ts';
import { jobSchema } from './job.ts';
import { engineSchema, modelSchema, PROMPT_NAMES, SLOTS } from './model.ts';
import { ownEvaluationSchema } from './own-evaluation.ts';
import { COLORS, FLAGS, KINDS, PHOTO_STATES, photoDetailSchema, photoIdSchema, photoRowSchema } from './photo.ts';
import { PHOTO_COLUMNS } from './photo-columns.ts';
import { filterSchema, querySchema } from './query.ts';
import { settingsSchema } from './settings.ts';

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
  /** Engines on other computers: which there are, or how they are. */
  z.object({ kind: z.literal('engines') }),
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
  /** A measured fact that the text leans on, numbered from 1, and the reason that says it (shared/reasons.ts). */
  z.object({ kind: z.literal('evidence'), number: z.int(), text: z.string(), reason: z.string() }),
  z.object({ kind: z.literal('critique'), critique: critiqueSchema }),
  /** A sentence of the text that contradicts what was measured; it follows it. */
  contradictionSchema.extend({ kind: z.literal('contradicted') }),
  /** Before the end of a text that was held against the measures: how many sentences it has, and how many contradict them. */
  z.object({ kind: z.literal('checked'), sentences: z.int(), contradicted: z.int() }),
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

/** A comparison while it is settled. */
export const settlingSchema = z.discriminatedUnion('kind', [
  /** Photos that the grader had not judged are judged now. */
  z.object({ kind: z.literal('grading'), done: z.int(), total: z.int(), by: z.string() }),
  /** `used`: by what it was decided, for people. What follows only words it. */
  z.object({ kind: z.literal('verdict'), verdict: verdictSchema, used: z.string() }),
  z.object({ kind: z.literal('wording'), by: z.string() }),
  z.object({ kind: z.literal('token'), text: z.string() }),
  /** The writer could not word it: why. */
  z.object({ kind: z.literal('unworded'), text: z.string() }),
  contradictionSchema.extend({ kind: z.literal('contradicted') }),
]);
export type Settling = z.infer<typeof settlingSchema>;

/** Some photos and what is set on them; marks that are not given stay. */
const markAssignmentSchema = z.object({
  ids: idsSchema,
  flag: z.enum(FLAGS).optional(),
  stars: z.int().min(0).max(5).optional(),
  color: z.enum(COLORS).optional(),
});
export type MarkAssignment = z.infer<typeof markAssignmentSchema>;

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
  ...cullingCalls,
  ...learningCalls,
  ...outwardCalls,
  ...engineCalls,
  app: {
    state: call.input(nothing).output(
      z.object({
        version: z.string(),
        platform: z.string(),
        shell: z.enum(['desktop', 'browser']),
        /** For people: where catalog and previews live. */
        dataDirectory: z.string(),
        photos: z.int(),
        settings: settingsSchema,
      }),
    ),
    /** Bytes of the data folder; counted while somebody asks, so that the first answers rise. */
    dataSize: call.input(nothing).output(z.object({ bytes: z.number() })),
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
     * `total` counts the whole view; headers over these photos count all of theirs. Null where the order itself is as
     * quick, and for views that have no such beginning.
     */
    head: call
      .input(z.object({ query: querySchema }))
      .output(orderSchema.pick({ packed: true, total: true, sections: true, milliseconds: true }).nullable()),
    /** The first photo of a day or after it in the view, else the last before it; null where none has a date. */
    atDate: call
      .input(z.object({ query: querySchema, date: z.iso.date() }))
      .output(z.object({ id: photoIdSchema, date: z.iso.date() }).nullable()),
    rows: call.input(z.object({ ids: z.array(photoIdSchema).max(2000) })).output(z.array(photoRowSchema)),
    detail: call.input(z.object({ id: photoIdSchema })).output(photoDetailSchema),
    /** Where on the photo these things were measured; what has no place, or cannot be found again, is left out. */
    evidence: call
      .input(z.object({ id: photoIdSchema, kinds: z.array(z.enum(EVIDENCE_KINDS)).max(EVIDENCE_KINDS.length) }))
      .output(z.array(evidenceSchema)),
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
  rotation: {
    /** Turns these photos by quarters of a circle to the right, as one step of the history; their files stay as they are. */
    turn: call.input(z.object({ ids: idsSchema, by: z.int().min(1).max(3) })).output(z.object({ changed: z.int() })),
  },
  /** Every change that a person made, as steps that are undone and done again; it outlives restarts and has no end. */
  history: {
    /** Labels of the steps that undo and redo would take; null where there is none. */
    state: call.input(nothing).output(historySchema),
    undo: call.input(nothing).output(travelSchema),
    redo: call.input(nothing).output(travelSchema),
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
    /** The same, after the grader has judged what it had not, and then in the writer's words. */
    settle: call.input(z.object({ ids: z.array(photoIdSchema).min(2).max(4) })).output(eventIterator(settlingSchema)),
    /** Judges one photo again, by another grader or asked in another way; earlier judgements stay. */
    again: call
      .input(z.object({ id: photoIdSchema, model: z.string().optional(), prompt: z.enum(PROMPT_NAMES).optional() }))
      .output(critiqueSchema),
    engine: call.input(nothing).output(engineSchema),
    /** How well each critic's grades agree with what the person decided. */
    own: call.input(z.object({ heldOut: z.boolean().default(false) })).output(ownEvaluationSchema),
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
    /** Adds a PEFT folder or a GGUF adapter from disk to an installed model. `path` is a token of `disk.list`. */
    addAdapter: call.input(z.object({ path: z.string(), base: z.string() })).output(modelSchema),
    /** How strongly an adapter is added; grades of each strength are kept apart. */
    strengthen: call.input(z.object({ name: z.string(), scale: z.number().min(0).max(2) })).output(nothing),
    remove: call.input(z.object({ name: z.string() })).output(nothing),
    /** Measures this machine for about ten seconds; every model then says what it takes here. */
    probe: call.input(nothing).output(z.array(modelSchema)),
    /** The measured critic is `measured`. @param slot what it shall do; default: all that it can. */
    use: call.input(z.object({ name: z.string(), slot: z.enum(SLOTS).optional() })).output(nothing),
  },
};
