/** Listens to the keyboard: reads a press as a chord, a chord as an action, and leaves to fields and controls what is theirs. */

import { type ActionName, actionFacts, bindings, chordOf } from '../../shared/actions.ts';
import { settings } from '../store/stores.ts';
import { runAction } from './dispatch.ts';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) {
    return true;
  }
  return target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type);
}

const SLIDES = new Set(['Left', 'Right', 'Up', 'Down', 'Home', 'End', 'PageUp', 'PageDown']);

/** A control keeps the keys that it answers itself; Tab moves on from it, as everywhere. */
function isForControl(target: EventTarget | null, chord: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (chord === 'Tab') return target !== document.body && target.closest('[data-photos]') === null;
  if (target instanceof HTMLInputElement && SLIDES.has(chord.replace('Shift+', ''))) return true;
  if (chord !== 'Space' && chord !== 'Enter') return false;
  return target.closest('button, a, summary, input, [role=button], [role=treeitem], [role=menuitem]') !== null;
}

/** Which action a key press means, with what Shift and CapsLock add. Pure, for tests. */
export function actionOf(
  event: KeyboardEvent,
  map: ReadonlyMap<string, ActionName>,
): { name: ActionName; advance: boolean; extend: boolean; chord: string } | null {
  const chord = chordOf(event);
  if (chord === null) return null;
  const direct = map.get(chord);
  if (direct !== undefined) {
    const advance = actionFacts(direct).shift === 'advance' && event.getModifierState('CapsLock');
    return { name: direct, advance, extend: false, chord };
  }
  if (!event.shiftKey) return null;
  const plain = map.get(chord.replace('Shift+', ''));
  const adds = plain === undefined ? undefined : actionFacts(plain).shift;
  if (plain === undefined || adds === undefined || !chord.includes('Shift+')) return null;
  return { name: plain, advance: adds === 'advance', extend: adds === 'extend', chord };
}

let map = bindings(settings.getState().keys);
settings.subscribe((now, before) => {
  if (now.keys !== before.keys) map = bindings(now.keys);
});

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const found = actionOf(event, map);
  if (found === null) return;
  const facts = actionFacts(found.name);
  // A dialog has the keyboard to itself.
  if (document.querySelector('dialog[open]') !== null) return;
  if (isTyping(event.target) && (facts.whileTyping !== true || found.chord.length === 1)) return;
  if (isForControl(event.target, found.chord)) return;
  if (event.repeat && facts.repeats !== true) {
    event.preventDefault();
    return;
  }
  if (runAction(found.name, { advance: found.advance, extend: found.extend, event })) event.preventDefault();
}

/** Listens to the keyboard. Called once, by the entry. */
export function listenToKeys(): void {
  window.addEventListener('keydown', press);
}
