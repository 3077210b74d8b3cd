/** Culling and taste. */
import { shootSchema } from '../../../shared/culling.ts';
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function cullingHandlers(os: Base, { culling, columns }: Services) {
  return {
    open: os.culling.open.handler(async ({ input }) => {
      await columns.load();
      return culling.open(input.shoot);
    }),
    moment: os.culling.moment.handler(({ input }) => culling.moment(input.shoot, input.photos)),
    stay: os.culling.stay.handler(({ input }) => {
      culling.stay(input.shoot, input.photo);
      return {};
    }),
    last: os.culling.last.handler(() => {
      const parsed = shootSchema.safeParse(JSON.parse(culling.last() ?? 'null'));
      return { shoot: parsed.success ? parsed.data : null };
    }),
    setGenre: os.culling.setGenre.handler(({ input }) => {
      culling.setGenre(input.shoot, input.genre);
      return {};
    }),
    stretches: os.culling.stretches.handler(async () => {
      await columns.load();
      return culling.stretches();
    }),
    propose: os.culling.propose.handler(async ({ input }) => {
      await columns.load();
      return culling.propose(input.shoot, input.wish, input.part, input.limit);
    }),
    apply: os.culling.apply.handler(async ({ input }) => {
      await columns.load();
      return culling.apply(input.shoot, input.wish, input.only, input.except);
    }),
    answer: os.culling.answer.handler(({ input }) =>
      culling.answer(input.shoot, input.photos, input.reason, input.answer, input.word),
    ),
    secondLook: os.culling.secondLook.handler(({ input }) => culling.secondLook(input.shoot, input.limit)),
  };
}

export function tasteHandlers(os: Base, { taste }: Services) {
  return {
    state: os.taste.state.handler(() => taste.learnNow()),
    reset: os.taste.reset.handler(() => taste.reset()),
    export: os.taste.export.handler(() => ({ document: taste.exported() })),
  };
}
