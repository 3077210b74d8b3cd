/** Moments: read, found by another threshold, and arranged by hand. */
import type { Base } from './handler.ts';
import type { Services } from './services.ts';

export function momentHandlers(os: Base, { moments }: Services) {
  return {
    of: os.moments.of.handler(({ input }) => moments.of(input.ids)),
    count: os.moments.count.handler(({ input }) => moments.count(input.likeness, input.ids)),
    regroup: os.moments.regroup.handler(async ({ input }) => {
      await moments.regroup(input.likeness);
      return {};
    }),
    stack: os.moments.stack.handler(({ input }) => moments.stack(input.ids)),
    unstack: os.moments.unstack.handler(({ input }) => {
      moments.unstack(input.ids);
      return {};
    }),
    split: os.moments.split.handler(({ input }) => {
      moments.split(input.ids);
      return {};
    }),
    putOnTop: os.moments.putOnTop.handler(({ input }) => {
      moments.putOnTop(input.id);
      return {};
    }),
  };
}
