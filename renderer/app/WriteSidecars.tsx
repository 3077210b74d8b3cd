/** What would be written into sidecars, before it is: how many, where nothing can be, and what contradicts. */
import { photosText } from '../../shared/photo.ts';
import './sidecars.css';
import type { SidecarReport } from '../../shared/contract-outward.ts';
import { useSidecarPlan } from '../store/hooks.ts';
import { closePlan, writeSidecars } from '../store/stores.ts';
import { Button } from '../ui/Button.tsx';
import { Dialog } from '../ui/Dialog.tsx';

/** Lines that one looks through; the others are counted. */
const SHOWN = 8;

export function WriteSidecars() {
  const { ids, report } = useSidecarPlan((plan) => plan);
  if (ids === null) return null;
  const count = report?.written ?? 0;
  return (
    <Dialog
      title="Write into sidecars"
      className="sidecar-plan"
      onClose={closePlan}
      actions={
        <>
          <Button onClick={closePlan}>{count === 0 ? 'Close' : 'Cancel'}</Button>
          {/* It comes once everything was read: the keyboard goes to it then. */}
          {count > 0 && (
            <Button tone="accent" ref={(button) => button?.focus()} onClick={() => void writeSidecars()}>
              {count === 1 ? 'Write 1 sidecar' : `Write ${count.toLocaleString('en')} sidecars`}
            </Button>
          )}
        </>
      }
    >
      {report === null ? <p className="meta">Reading what is there…</p> : <Report report={report} />}
    </Dialog>
  );
}

function Report({ report }: { report: SidecarReport }) {
  const { written, unchanged, names, conflicts, failed } = report;
  return (
    <>
      <p>
        {written === 0 ? 'Nothing has to be written.' : sentence(written)}
        {unchanged > 0 && ` ${photosText(unchanged)} ${unchanged === 1 ? 'says' : 'say'} all of it already.`}
      </p>
      <p className="meta">
        The photos themselves are not touched. What other programs wrote into a sidecar stays as it is, and the whole
        step can be undone.
      </p>
      <Lines title="Files" lines={names} total={written} />
      <Lines
        title="Changed here and there: stay as they are until you choose, in the inspector"
        lines={conflicts.map(
          ({ name, field, ours, theirs }) => `${name}: ${field} ${said(ours)} here, ${said(theirs)} there`,
        )}
        total={conflicts.length}
      />
      <Lines title="Left out" lines={failed.map(({ name, reason }) => `${name}: ${reason}`)} total={failed.length} />
    </>
  );
}

function Lines({ title, lines, total }: { title: string; lines: readonly string[]; total: number }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3 className="section-head">{title}</h3>
      <ul className="selectable">
        {lines.slice(0, SHOWN).map((line) => (
          <li key={line} className="cut">
            {line}
          </li>
        ))}
      </ul>
      {total > SHOWN && <p className="meta">and {(total - SHOWN).toLocaleString('en')} more</p>}
    </section>
  );
}

const sentence = (count: number): string =>
  count === 1
    ? '1 sidecar is written beside its photo.'
    : `${count.toLocaleString('en')} sidecars are written beside their photos.`;
const said = (value: string | number | null): string => (value === null || value === '' ? 'nothing' : `“${value}”`);
