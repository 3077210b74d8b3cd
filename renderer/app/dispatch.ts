/**
 * Runs actions by name. A chord names an action (shared/actions.ts); the view that registered for it last does it in
 * its own way, else its row in actions.ts does. Buttons and menus run the same actions, so that a key and a click
 * cannot differ. An action that cannot be done now says why.
 */

import { useLayoutEffect, useRef, useSyncExternalStore } from 'react';
import { type ActionName, chordOf } from '../../shared/actions.ts';
import { notify } from '../store/stores.ts';
import { ACTION_STORES, type ActionContext, amongPhotos, PAGE_ACTIONS } from './actions.ts';

/**
 * Does the action as it is done here; `false` leaves it to whoever registered before, in the end to its own row. A
 * sentence instead: why it is not done here.
 */
export type ActionHandler = ((context: ActionContext) => unknown) | string;
export type ActionHandlers = Partial<Record<ActionName, ActionHandler>>;

const stack: { current: ActionHandlers }[] = [];

/**
 * Registers handlers while the component is there; the newest registration of an action is asked first. Registered
 * before the paint: a key that is pressed as soon as a view is seen is the view's.
 */
export function useActions(handlers: ActionHandlers): void {
  const entry = useRef(handlers);
  useLayoutEffect(() => {
    entry.current = handlers;
  });
  useLayoutEffect(() => {
    stack.push(entry);
    return () => {
      stack.splice(stack.indexOf(entry), 1);
    };
  }, []);
}

/** Why the action cannot be done now, as a sentence; null where it can. What a view does itself, it can. */
export function whyNot(name: ActionName): string | null {
  const own = stack.findLast((entry) => entry.current[name] !== undefined)?.current[name];
  if (own === undefined) return PAGE_ACTIONS[name].when();
  return typeof own === 'string' ? own : null;
}

function subscribe(listener: () => void): () => void {
  const ends = ACTION_STORES.map((store) => store.subscribe(listener));
  return () => {
    for (const end of ends) end();
  };
}

/** `whyNot`, asked again whenever it may have changed. */
export function useWhyNot(name: ActionName): string | null {
  return useSyncExternalStore(subscribe, () => whyNot(name));
}

/** Chords that the browser answers itself where the page does nothing with them: it scrolls, it moves the focus. */
const BROWSERS = new Set(['Left', 'Right', 'Up', 'Down', 'Home', 'End', 'PageUp', 'PageDown', 'Space', 'Enter', 'Tab']);

/** Runs an action by name; where it cannot be done the person is told why. @returns whether it was done or answered */
export function runAction(name: ActionName, context: Partial<ActionContext> = {}): boolean {
  const full: ActionContext = { advance: false, extend: false, event: null, ...context };
  for (const { current } of stack.toReversed()) {
    const handler = current[name];
    if (typeof handler === 'string') return refuse(handler, full);
    if (handler !== undefined && handler(full) !== false) return true;
  }
  const { when, perform } = PAGE_ACTIONS[name];
  const reason = when();
  return reason === null ? perform(full) !== false : refuse(reason, full);
}

/** Says why not; only a key that scrolls or moves the focus is left to the browser where there are no photos. */
function refuse(reason: string, { event }: ActionContext): boolean {
  const chord = event === null ? null : chordOf(event);
  if (chord !== null && BROWSERS.has(chord.replace('Shift+', '')) && amongPhotos() !== null) return false;
  notify(reason);
  return true;
}
