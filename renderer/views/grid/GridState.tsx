import { useStore } from 'zustand';
import { reasonFacts, reasonsSpokenOf } from '../../../shared/reasons.ts';
import { chipsOf } from '../../panels/filter/filterWords.ts';
import { OfferInPassing } from '../../panels/models/Offer.tsx';
import { useJobs, usePlaces } from '../../store/hooks.ts';
import { isUnderWay } from '../../store/jobs.ts';
import { app, clearFilter, connection, library, readOrder, setFilter, showSource } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { State } from '../../ui/State.tsx';

/** What stands in the grid's place while it has no photo: loading, failed, empty, and why. */
export function GridState() {
  const { state, problem, query, answered } = useStore(library);
  const way = useStore(connection, (now) => now.state);
  const started = useStore(app, (now) => now.state);
  const startProblem = useStore(app, (now) => now.problem);
  const folders = usePlaces((places) => places.folders);
  const indexing = useJobs(({ list }) => list.some((job) => isUnderWay(job) && job.kind !== 'download'));
  const chips = chipsOf(query.filter, folders);

  if (state === 'failed' || started === 'failed') {
    return (
      <State
        title="These photos could not be listed"
        details={problem ?? startProblem}
        live
        actions={
          <Button tone="accent" icon="refresh" onClick={() => void readOrder()}>
            Try again
          </Button>
        }
      >
        The library answered with an error. Your photos and marks are untouched.
      </State>
    );
  }
  if (answered === null || state === 'loading') {
    if (way === 'locked') {
      return (
        <State title="Open Keeplight’s address again" live>
          The program was started anew and does not know this page. The address that it printed lets you in.
        </State>
      );
    }
    if (way === 'waiting') {
      return (
        <State title="Waiting for Keeplight" live>
          The page cannot reach the program. It tries again by itself; nothing that you marked is lost.
        </State>
      );
    }
    return <Placeholders />;
  }
  if (chips.length > 0) {
    const last = chips.at(-1)!;
    return (
      <State
        title="No photo matches"
        live
        actions={
          <>
            {chips.length > 1 && (
              <Button tone="raised" onClick={() => setFilter(last.removal)}>
                Without {last.text}
              </Button>
            )}
            {query.filter.text !== undefined && <InsteadOfWords text={query.filter.text} />}
            <Button tone="accent" onClick={clearFilter}>
              {chips.length > 1 ? 'Remove all filters' : 'Remove the filter'}
            </Button>
          </>
        }
      >
        {chips.length === 1 ? 'The filter' : 'The filters together'}: {chips.map((chip) => chip.text).join(' · ')}
        {query.filter.text !== undefined && (
          <>
            <br />
            Words are looked for in names, folders, keywords, titles, captions and what the critics wrote.
          </>
        )}
      </State>
    );
  }
  const words = EMPTY[query.source.kind];
  return (
    <>
      <State
        title={words.title}
        live
        actions={
          query.source.kind === 'all' ? undefined : (
            <Button tone="raised" onClick={() => showSource({ kind: 'all' })}>
              All photos
            </Button>
          )
        }
      >
        {query.source.kind === 'all' && indexing
          ? 'Folders are being read. Photos appear here as they are found.'
          : words.text}
      </State>
      {query.source.kind === 'best' && <OfferInPassing />}
    </>
  );
}

/** A filter that means what was typed: “blurry” stands in no name, but photos are known that are. */
function InsteadOfWords({ text }: { text: string }) {
  const reasons = reasonsSpokenOf(text);
  if (reasons.length === 0) return null;
  return (
    <Button tone="raised" onClick={() => setFilter({ text: undefined, reasons })}>
      Filter by reason: {reasons.map((name) => reasonFacts(name).label.toLowerCase()).join(' or ')}
    </Button>
  );
}

const EMPTY = {
  all: { title: 'No photos yet', text: 'The folders you added hold no picture that Keeplight can read.' },
  folder: { title: 'No photos here', text: 'This folder and those in it hold no picture.' },
  album: {
    title: 'This album is empty',
    text: 'Drag photos onto it from the grid, or choose Add to album in a photo’s menu.',
  },
  best: {
    title: 'Nothing to choose from yet',
    text: 'The best of each month and folder stand here once photos are graded.',
  },
  recent: { title: 'Nothing new', text: 'Photos that came into the library in the last days stand here.' },
  rejected: { title: 'Nothing rejected', text: 'Photos that you reject wait here until you decide.' },
  problems: { title: 'No problems', text: 'Every file could be read, and every folder is there.' },
} as const;

/** The layout while the first answer is on its way: rows of placeholders where photos will be. */
function Placeholders() {
  return (
    <div className="placeholders" role="status" aria-label="Loading photos">
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <div key={row}>
          {[3, 2, 3, 4, 2, 3].map((share, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: they never change
            <span key={index} style={{ flexGrow: ((share + row * (index + 1)) % 3) + 2 }} />
          ))}
        </div>
      ))}
    </div>
  );
}
