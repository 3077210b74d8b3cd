/** People's own views of photos, and the data that is made of them. */
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function feedbackHandlers(os: Base, { feedback }: Services) {
  return {
    give: os.feedback.give.handler(({ input: { photo, view, round } }) => feedback.give(photo, view, { round })),
    of: os.feedback.of.handler(({ input }) => feedback.of(input.photo)),
    round: os.feedback.round.handler(({ input, signal }) => feedback.round(input.fresh, signal)),
    agreement: os.feedback.agreement.handler(() => feedback.agreement()),
  };
}

export function datasetHandlers(os: Base, { originals: { dataset }, tokens }: Services) {
  return {
    start: os.dataset.start.handler(async ({ input: { folder, options } }) => ({
      job: await dataset.start({ folder: tokens.pathOf(folder), options, inside: true }),
    })),
    report: os.dataset.report.handler(({ input }) => dataset.reportOf(input.job)),
  };
}
