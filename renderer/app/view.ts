/** What a view is to the shell of the page: one object, made of its row in shared/views.ts and of what it draws. */
import type { ComponentType } from 'react';
import type { ActionName } from '../../shared/actions.ts';
import { type View, type ViewFacts, viewFacts } from '../../shared/views.ts';

/** What a view draws, and where. Its parts know its state from the stores: each is drawn without properties. */
export interface ViewParts {
  /** On the stage. It restores itself from the stores when it comes: the history of the browser keeps only its name. */
  readonly Stage: ComponentType;
  /** At the start of the toolbar: title and count, or the way back. */
  readonly Title: ComponentType;
  /** At the end of the toolbar: what can be done here. */
  readonly Tools: ComponentType | null;
  /** At the end of the status bar. */
  readonly Status: ComponentType | null;
  /** In the panel beside the photos; null where the view wants none. */
  readonly Inspector: ComponentType | null;
}

export interface ViewDefinition extends ViewFacts, ViewParts {
  readonly name: View;
  /** Opens it; shortcuts, icon and when it can be opened are the action's. */
  readonly action: ActionName;
}

export function defineView(name: View, parts: ViewParts): ViewDefinition {
  return { name, action: `view.${name}`, ...viewFacts(name), ...parts };
}

export type ViewRegistry = Readonly<Record<View, ViewDefinition>>;
