/** People's own views of photos, and the data that is made of them. */
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function feedbackHandlers(os: Base, { feedback }: Services) {
  return {
    give: os.feedback.give.handler(({ input: { photo, view, round } }) => feedback.give(photo, view, { round })),
    of: os.feedback.of.handler(({ input }) => feedback.of(input.photo)),
    round: os.feedback.round.handler(({ input }) => feedback.round(input.fresh)),
    agreement: os.feedback.agreement.handler(() => feedback.agreement()),
  };
}

export function datasetHandlers(os: Base, { originals, tokens, wordAnew }: Services) {
  return {
    export: os.dataset.export.handler(({ input, signal }) =>
      originals.dataset.export(
        { folder: tokens.pathOf(input.folder), options: input.options, inside: true },
        { signal, wordAnew },
      ),
    ),
  };
}
