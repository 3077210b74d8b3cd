/** Calls on people's own views of photos, and on what is made of them. */
import { z } from 'zod';
import { call, nothing } from './contract-call.ts';
import { datasetOptionsSchema, datasetReportSchema } from './dataset.ts';
import { agreementSchema, givenViewSchema, roundSchema, viewSchema } from './feedback.ts';
import { photoIdSchema } from './photo.ts';

export const learningCalls = {
  feedback: {
    /** Keeps a view as one step of the history; earlier ones stay as they are. */
    give: call
      .input(z.object({ photo: photoIdSchema, view: viewSchema, round: z.int().nullable().default(null) }))
      .output(givenViewSchema),
    /** Every view of a photo, newest first. */
    of: call.input(z.object({ photo: photoIdSchema })).output(z.array(givenViewSchema)),
    /** The round that is open, or a new one of the photos that teach most; null where there is nothing to ask. */
    round: call.input(z.object({ fresh: z.boolean().default(false) })).output(roundSchema.nullable()),
    agreement: call.input(nothing).output(agreementSchema),
  },
  dataset: {
    /** A job writes instruction data into a new folder below this one. */
    start: call
      .input(z.object({ folder: z.string(), options: datasetOptionsSchema }))
      .output(z.object({ job: z.int() })),
    /** What a job of this run made, and where; null while it works. */
    report: call.input(z.object({ job: z.int() })).output(datasetReportSchema.nullable()),
  },
};
