/** The registries of the page: every view has all its parts, every action its words, its deed and its sentence. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { PageAction } from '../../renderer/app/actions.ts';
import type { ViewRegistry } from '../../renderer/app/view.ts';
import { ACTION_GROUPS, ACTION_NAMES, type ActionName, actionFacts } from '../../shared/actions.ts';
import { VIEW_NAMES, viewFacts } from '../../shared/views.ts';

let actions: Readonly<Record<ActionName, PageAction>>;
let registry: ViewRegistry;
let stores: typeof import('../../renderer/store/stores.ts');
let registryOf: typeof import('../../renderer/views/registry.ts')['registryOf'];

beforeAll(async () => {
  // What the page's stores ask of a browser as they are made.
  const events = { addEventListener: () => undefined, removeEventListener: () => undefined };
  vi.stubGlobal('window', {
    ...events,
    innerWidth: 1440,
    location: { href: 'http://127.0.0.1/' },
    sessionStorage: { getItem: () => null, setItem: () => undefined },
    matchMedia: () => ({ ...events, matches: false }),
  });
  vi.stubGlobal('document', { ...events, documentElement: { dataset: {} }, fullscreenEnabled: true });
  vi.stubGlobal('Image', class {});
  stores = await import('../../renderer/store/stores.ts');
  actions = (await import('../../renderer/app/actions.ts')).PAGE_ACTIONS;
  ({ VIEW_REGISTRY: registry, registryOf } = await import('../../renderer/views/registry.ts'));
});

describe('views', () => {
  test('each has all its parts, and an action that opens it', () => {
    expect(Object.keys(registry)).toEqual(VIEW_NAMES);
    for (const name of VIEW_NAMES) {
      const view = registry[name];
      expect(view).toMatchObject({ name, ...viewFacts(name), action: `view.${name}` });
      expect([name, typeof view.Stage, typeof view.Title]).toEqual([name, 'function', 'function']);
      for (const part of [view.Tools, view.Status, view.Inspector]) {
        expect([name, part === null || typeof part === 'function']).toEqual([name, true]);
      }
      // The panel and the memory of whether it is open go together.
      expect([name, view.Inspector === null]).toEqual([name, view.inspector === null]);
      expect(actionFacts(view.action)).toMatchObject({ label: view.title, chords: view.chords, group: 'Views' });
    }
  });

  test('a row without its file is said by name', () => {
    const modules = Object.fromEntries(
      VIEW_NAMES.filter((name) => name !== 'survey').map((name) => [`./${name}/view.tsx`, { view: registry[name] }]),
    );
    expect(() => registryOf(modules)).toThrow('survey');
    expect(() => registryOf({ ...modules, './survey/view.tsx': { view: registry.grid } })).toThrow('survey');
  });
});

describe('actions', () => {
  test('each has words, a group, and a deed', () => {
    expect(new Set(Object.keys(actions))).toEqual(new Set(ACTION_NAMES));
    for (const name of ACTION_NAMES) {
      const { label, short, group } = actionFacts(name);
      expect(label).toMatch(/^[\p{Lu}\d]/u);
      expect(short).not.toBe(label);
      expect(ACTION_GROUPS).toContain(group);
      expect(typeof actions[name].perform).toBe('function');
    }
    const labels = ACTION_NAMES.map((name) => actionFacts(name).label);
    expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
  });

  test('each that cannot be done says why in a sentence, whatever is shown', () => {
    const { app } = stores;
    for (const state of ['starting', 'empty', 'ready', 'failed'] as const) {
      for (const view of VIEW_NAMES) {
        app.setState({ state });
        stores.viewState.setState({ view });
        for (const name of ACTION_NAMES) {
          const reason = actions[name].when();
          if (reason !== null) expect([name, reason]).toEqual([name, expect.stringMatching(/^\p{Lu}.{10,}\.$/u)]);
        }
      }
    }
  });

  test('marks and moves need photos on screen, overlays the loupe', () => {
    const reason = (name: ActionName) => actions[name].when();
    stores.app.setState({ state: 'ready' });
    stores.viewState.setState({ view: 'settings' });
    stores.selection.setState({ ids: new Set([7]), focus: 7 });
    for (const name of ['mark.pick', 'mark.stars3', 'move.left', 'look.why', 'select.all'] as const) {
      expect([name, reason(name)]).toEqual([name, expect.stringContaining('where photos are shown')]);
    }
    stores.viewState.setState({ view: 'grid' });
    expect([reason('mark.pick'), reason('move.left'), reason('look.why')]).toEqual([null, null, null]);
    expect(reason('look.clipping')).toContain('loupe');
    expect(reason('comparison.swap')).toContain('comparison');
    stores.viewState.setState({ view: 'loupe' });
    expect(reason('look.clipping')).toBeNull();
    stores.selection.setState({ ids: new Set(), focus: null });
    expect(reason('mark.pick')).toContain('No photo is chosen');
    stores.app.setState({ state: 'empty' });
    expect(reason('view.compare')).toContain('add a folder');
    expect([reason('app.addFolder'), reason('view.settings')]).toEqual([null, null]);
  });
});
