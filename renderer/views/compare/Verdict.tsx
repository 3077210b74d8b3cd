/** The written reason for one photo over the others, and the one click that follows it. */
import { wordsOfSentence } from '../../../shared/claims.ts';
import { letterOf } from '../../store/comparison.ts';
import { useComparison, useSelection } from '../../store/hooks.ts';
import { askVerdict, comparison, setMarksEach, stopVerdict } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';

/** Picks one photo and rejects the others, as one step of the history. */
function pickOver(winner: number, ids: readonly number[]): void {
  const others = ids.filter((id) => id !== winner);
  const words = `${letterOf(ids.indexOf(winner))} picked, ${others.length === 1 ? 'the other' : `${others.length} others`} rejected`;
  void setMarksEach(
    [
      { ids: [winner], flag: 'pick' },
      { ids: others, flag: 'reject' },
    ],
    words,
  );
}

/** Follows the verdict. */
export function decide(): void {
  const { verdict, ids } = comparison.getState();
  if (verdict?.winner != null) pickOver(verdict.winner, ids);
}

function splitFirst(text: string): [string, string] {
  const end = text.indexOf('. ');
  return end < 0 ? [text, ''] : [text.slice(0, end + 1), text.slice(end + 1)];
}

function Points() {
  const verdict = useComparison((state) => state.verdict);
  const ids = useComparison((state) => state.ids);
  if (verdict === null || verdict.points.length === 0) return null;
  return (
    <details className="verdict-points">
      <summary>Compare the numbers</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls must be reachable by keyboard */}
      <section className="verdict-table" tabIndex={0} aria-label="Numbers of the comparison">
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="only-read">What</span>
              </th>
              {ids.map((id, index) => (
                <th key={id} scope="col">
                  {letterOf(index)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {verdict.points.map((point) => (
              <tr key={point.name}>
                <th scope="row">{point.label}</th>
                {ids.map((id) => (
                  <td key={id} data-favoured={point.favours === id || undefined}>
                    {point.values.find((value) => value.id === id)?.text ?? '–'}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

/** The verdict in the writer's words; a sentence that says otherwise than the numbers is struck, with what they say. */
function Worded() {
  const words = useComparison((state) => state.words);
  const isWriting = useComparison((state) => state.progress !== null);
  if (words === null || (words.text.trim() === '' && !isWriting)) return null;
  const sentences = words.text.trim().split(/(?<=[.!?]\s)/);
  return (
    <p className="selectable verdict-worded">
      <span className="only-read">{words.by}: </span>
      {sentences.map((sentence, at) => {
        const found = words.contradicted.find((one) => wordsOfSentence(one.sentence) === wordsOfSentence(sentence));
        // biome-ignore lint/suspicious/noArrayIndexKey: sentences are only ever added at the end
        if (found === undefined) return <span key={at}>{sentence}</span>;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: sentences are only ever added at the end
          <span key={at} className="contradicted">
            <s>{sentence.trim()}</s> <span className="contradicted-by">{found.text}</span>{' '}
          </span>
        );
      })}
      {isWriting && <span className="caret" aria-hidden="true" />}
    </p>
  );
}

export function Verdict() {
  const ids = useComparison((state) => state.ids);
  const verdict = useComparison((state) => state.verdict);
  const state = useComparison((now) => now.verdictState);
  const problem = useComparison((now) => now.verdictProblem);
  const focus = useSelection((now) => now.focus);
  const progress = useComparison((now) => now.progress);
  const used = useComparison((now) => now.used);
  const winner = verdict?.winner ?? null;
  const chosen = winner ?? (focus !== null && ids.includes(focus) ? focus : null);
  const letter = chosen === null ? '' : letterOf(ids.indexOf(chosen));
  const [first, rest] = splitFirst(verdict?.text ?? '');
  return (
    <section className="verdict" aria-label="Verdict">
      <div className="verdict-words" aria-live="polite" aria-busy={state === 'asking'}>
        {state === 'none' && (
          <p className="meta">
            Arrow keys bring in the next challenger, up and down choose the photo, Shift and drag lines one up.
          </p>
        )}
        {state === 'asking' && progress === null && <p className="meta">Comparing…</p>}
        {state === 'failed' && (
          <p className="problem">
            {problem} <Button onClick={() => void askVerdict()}>Try again</Button>
          </p>
        )}
        {verdict !== null && (
          <>
            <p className="selectable verdict-text">
              <strong>{first}</strong>
              {rest}
            </p>
            <Worded />
            <p className="meta verdict-used">{used}</p>
            {state === 'ready' && problem !== null && <p className="meta">{problem}</p>}
            <Points />
          </>
        )}
      </div>
      <div className="verdict-verbs">
        {progress !== null && (
          <>
            <span className="meta verdict-progress" role="status">
              {progress}
            </span>
            <Button tone="raised" icon="stop" onClick={stopVerdict}>
              Stop
            </Button>
          </>
        )}
        {chosen !== null && (
          <Button
            tone={winner === null ? 'raised' : 'accent'}
            onClick={() => pickOver(chosen, ids)}
            aria-keyshortcuts={winner === null ? undefined : 'Enter'}
          >
            Pick {letter}, reject the rest
            {winner !== null && <kbd>Enter</kbd>}
          </Button>
        )}
      </div>
    </section>
  );
}
