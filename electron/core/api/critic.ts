/** Judging, and the models that can judge. */
import { evaluateOwn } from '../critics/own-evaluation.ts';
import { type Base, speaking } from './handler.ts';
import type { Services } from './services.ts';

export function criticHandlers(os: Base, services: Services) {
  const { critics } = services;
  return {
    grade: os.critic.grade.handler(({ input }) => ({ job: critics.grade(input.query) })),
    explain: os.critic.explain.handler(({ input, signal }) =>
      speaking(critics.explain(input.id, { again: input.again }, signal), services),
    ),
    messages: os.critic.messages.handler(({ input }) => critics.messages(input.id)),
    ask: os.critic.ask.handler(({ input: { id, ...question }, signal }) =>
      speaking(critics.ask(id, question, signal), services),
    ),
    forget: os.critic.forget.handler(({ input }) => {
      critics.forget(input.id, input.message);
      return {};
    }),
    compare: os.critic.compare.handler(({ input }) => critics.compare(input.ids)),
    settle: os.critic.settle.handler(({ input, signal }) => speaking(critics.settle(input.ids, signal), services)),
    again: os.critic.again.handler(({ input: { id, ...how }, signal }) => critics.judgeAgain(id, how, signal)),
    engine: os.critic.engine.handler(() => critics.engine()),
    own: os.critic.own.handler(({ input }) => evaluateOwn(services.catalog, input.heldOut)),
  };
}

export function modelHandlers(os: Base, { models, tokens, changes }: Services) {
  const changed = () => changes.tell({ kind: 'models' });
  return {
    list: os.models.list.handler(() => models.list()),
    probe: os.models.probe.handler(({ signal }) => models.probe(signal)),
    install: os.models.install.handler(async ({ input }) => ({ job: await models.install(input.name, input.licence) })),
    addLocal: os.models.addLocal.handler(async ({ input }) => {
      const model = await models.addLocal({
        model: tokens.pathOf(input.model),
        mmproj: input.mmproj === null ? null : tokens.pathOf(input.mmproj),
        title: input.title,
      });
      changed();
      return model;
    }),
    addAdapter: os.models.addAdapter.handler(({ input, signal }) =>
      models.addAdapter({ path: tokens.pathOf(input.path), base: input.base }, signal),
    ),
    strengthen: os.models.strengthen.handler(async ({ input }) => {
      await models.strengthen(input.name, input.scale);
      return {};
    }),
    remove: os.models.remove.handler(async ({ input }) => {
      await models.remove(input.name);
      changed();
      return {};
    }),
    use: os.models.use.handler(async ({ input }) => {
      await models.use(input.name, input.slot);
      changed();
      return {};
    }),
  };
}

export function engineHandlers(os: Base, { remoteEngines }: Services) {
  return {
    list: os.engines.list.handler(() => remoteEngines.list()),
    probe: os.engines.probe.handler(({ input, signal }) => remoteEngines.probe(input.address, input.key, signal)),
    add: os.engines.add.handler(({ input, signal }) => remoteEngines.add(input, signal)),
    test: os.engines.test.handler(({ input, signal }) => remoteEngines.test(input.address, signal)),
    remove: os.engines.remove.handler(async ({ input }) => {
      await remoteEngines.remove(input.address);
      return {};
    }),
  };
}
