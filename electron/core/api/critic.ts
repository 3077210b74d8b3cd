/** Judging with models: handed to the critic's room. */
import { type Base, speaking } from './handler.ts';
import type { Services } from './services.ts';

export function criticHandlers(os: Base, room: Services) {
  const { critic } = room;
  return {
    grade: os.critic.grade.handler(async ({ input }) => ({ job: await critic.grade(input.query) })),
    explain: os.critic.explain.handler(({ input, signal }) =>
      speaking(critic.explain(input.id, { again: input.again }, signal), room),
    ),
    messages: os.critic.messages.handler(({ input }) => critic.messages(input.id)),
    ask: os.critic.ask.handler(({ input: { id, ...question }, signal }) =>
      speaking(critic.ask(id, question, signal), room),
    ),
    forget: os.critic.forget.handler(({ input }) => {
      critic.forget(input.id, input.message);
      return {};
    }),
    compare: os.critic.compare.handler(({ input, signal }) => critic.compare(input.ids, signal)),
    engine: os.critic.engine.handler(() => critic.engine()),
  };
}

export function modelHandlers(os: Base, { critic, tokens, changes }: Services) {
  const changed = () => changes.tell({ kind: 'models' });
  return {
    list: os.models.list.handler(() => critic.models()),
    install: os.models.install.handler(async ({ input }) => ({ job: await critic.install(input.name, input.licence) })),
    addLocal: os.models.addLocal.handler(async ({ input }) => {
      const model = await critic.addLocal({
        model: tokens.pathOf(input.model),
        mmproj: input.mmproj === null ? null : tokens.pathOf(input.mmproj),
        title: input.title ?? null,
      });
      changed();
      return model;
    }),
    remove: os.models.remove.handler(async ({ input }) => {
      await critic.remove(input.name);
      changed();
      return {};
    }),
    use: os.models.use.handler(async ({ input }) => {
      await critic.use(input.name);
      changed();
      return {};
    }),
  };
}
