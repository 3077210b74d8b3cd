/** The written explanation: asked for, streamed, stopped, stored, copied, written again. */

import { useEffect, useId, useMemo, useRef } from 'react';
import { actionFacts } from '../../../shared/actions.ts';
import { checkedText } from '../../../shared/claims.ts';
import type { Critique } from '../../../shared/critique.ts';
import { ActionButton } from '../../app/ActionButton.tsx';
import { useConversation, useSettings } from '../../store/hooks.ts';
import { answered, explain, notify, recallExplanation, stopWriting } from '../../store/stores.ts';
import { plainText, storedParts, type WrittenText } from '../../store/writing.ts';
import { Button } from '../../ui/Button.tsx';
import { Prose, Spoken } from './Prose.tsx';

/** Puts a text on the clipboard and says so. */
export async function copyText(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notify(`${what} copied`);
  } catch {
    notify('The clipboard could not be written', null, 'problem');
  }
}

/** A text that was stored at an earlier visit. */
function storedText(
  critiques: readonly Critique[],
): { written: WrittenText; critic: string; createdAt: number } | null {
  const newest = critiques
    .filter((one) => one.text !== null && one.text.trim() !== '')
    .toSorted((one, other) => other.createdAt - one.createdAt)[0];
  if (newest === undefined) return null;
  return {
    written: {
      parts: storedParts(newest.text!),
      evidence: [],
      contradicted: [],
      checked: null,
      status: null,
      state: 'complete',
      problem: null,
    },
    critic: newest.critic,
    createdAt: newest.createdAt,
  };
}

export function Explanation({
  photo,
  critiques,
  isAsked,
}: {
  photo: number;
  critiques: readonly Critique[];
  isAsked: boolean;
}) {
  const { explanation, recalled } = useConversation(photo);
  const active = useSettings((settings) => settings.models.active ?? 'measured');
  const stored = useMemo(() => storedText(critiques), [critiques]);
  const box = useRef<HTMLElement>(null);
  const noteId = useId();
  const written = explanation ?? (stored?.critic === active ? recalled : null) ?? stored?.written ?? null;
  const isWriting = explanation?.state === 'writing';
  // A text of an earlier visit comes without its notes: the core has them.
  const isBare = explanation === null && recalled === null && stored !== null && stored.critic === active;
  useEffect(() => {
    if (!isBare) return;
    const own = new AbortController();
    void recallExplanation(photo, own.signal);
    return () => own.abort();
  }, [photo, isBare]);
  // Who asked is led to the answer as it grows, until it is there or the wheel is turned.
  useEffect(() => {
    if (!isAsked || written === null) return;
    box.current?.scrollIntoView({ block: 'start' });
    if (!isWriting) answered();
  }, [isAsked, isWriting, written]);
  useEffect(() => {
    if (!isAsked) return;
    window.addEventListener('wheel', answered, { passive: true });
    return () => window.removeEventListener('wheel', answered);
  }, [isAsked]);
  return (
    <section
      ref={box}
      className="critique-section"
      aria-label="Explanation"
      aria-busy={isWriting}
      data-writing={explanation?.state}
    >
      {written === null ? (
        <ActionButton action="look.why" tone="raised" showChord className="why-button">
          {actionFacts('look.why').label}
        </ActionButton>
      ) : (
        <Prose written={written} noteId={noteId} photo={photo} />
      )}
      {written?.checked != null && (
        <p className="meta text-checked">{checkedText(written.checked, written.contradicted.length)}.</p>
      )}
      {written?.status != null && <p className="meta writing-status">{written.status}</p>}
      {written?.state === 'failed' && (
        <p className="problem" role="alert">
          {written.problem}
        </p>
      )}
      {written?.state === 'length' && <p className="meta">The text reached its longest length here.</p>}
      {written?.state === 'stopped' && <p className="meta">Stopped.</p>}
      {written !== null && (
        <div className="text-verbs">
          {isWriting ? (
            <Button tone="raised" icon="stop" onClick={() => stopWriting(photo, 'explain')}>
              Stop
            </Button>
          ) : (
            <>
              {written.parts.length > 0 && (
                <Button onClick={() => void copyText(plainText(written), 'Explanation')}>Copy</Button>
              )}
              <Button onClick={() => void explain(photo, true)}>
                {written.state === 'failed' ? 'Try again' : 'Write again'}
              </Button>
            </>
          )}
        </div>
      )}
      <Spoken written={explanation} what="Explanation" />
    </section>
  );
}
