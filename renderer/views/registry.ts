/** All views, found by their place: `renderer/views/<name>/view.tsx` for each row of shared/views.ts. */
/// <reference types="vite/client" />
import { VIEW_NAMES } from '../../shared/views.ts';
import type { ViewDefinition, ViewRegistry } from '../app/view.ts';

/** @param modules what each `view.tsx` exports, by its path @throws an Error that names the file that is missing */
export function registryOf(modules: Readonly<Record<string, { readonly view: ViewDefinition }>>): ViewRegistry {
  return Object.fromEntries(
    VIEW_NAMES.map((name) => {
      const path = `./${name}/view.tsx`;
      const found = modules[path]?.view;
      if (found?.name !== name) throw new Error(`The view ${name} has a row in shared/views.ts but no ${path}.`);
      return [name, found];
    }),
  ) as ViewRegistry;
}

export const VIEW_REGISTRY = registryOf(
  import.meta.glob<{ readonly view: ViewDefinition }>('./*/view.tsx', { eager: true }),
);
