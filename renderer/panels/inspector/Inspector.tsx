/** The panel beside the photos: critique, facts of the photo, measures. */
import { useLoupe, useSelection } from '../../store/hooks.ts';
import type { InspectorPage } from '../../store/loupe.ts';
import { showPage } from '../../store/stores.ts';
import { Segmented, type SegmentedOption } from '../../ui/Segmented.tsx';
import { Critique } from './Critique.tsx';
import { MeasuresPage } from './MeasuresPage.tsx';
import { MomentLine } from './MomentLine.tsx';
import { PhotoPage } from './PhotoPage.tsx';
import './inspector.css';
import './words.css';

const PAGES: readonly SegmentedOption<InspectorPage>[] = [
  { value: 'critique', label: 'Critique' },
  { value: 'photo', label: 'Photo' },
  { value: 'measures', label: 'Measures' },
];

export function Inspector() {
  const page = useLoupe((state) => state.page);
  const photo = useSelection((state) => state.focus);
  return (
    <div className="inspector-box">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: gives the keyboard back to the photos after a click */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: with the keyboard it stays on the pages */}
      <div
        className="inspector-pages"
        onClick={(event) => {
          if (event.detail > 0 && document.activeElement instanceof HTMLElement) document.activeElement.blur();
        }}
      >
        <Segmented label="Inspector" options={PAGES} value={page} onChange={showPage} />
      </div>
      {photo !== null && <MomentLine photo={photo} />}
      {photo === null ? (
        <p className="inspector-word meta">Choose a photo to read about it here.</p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        <section className="inspector-page" aria-label={PAGES.find((one) => one.value === page)?.label} tabIndex={0}>
          {page === 'critique' && <Critique photo={photo} />}
          {page === 'photo' && <PhotoPage photo={photo} />}
          {page === 'measures' && <MeasuresPage photo={photo} />}
        </section>
      )}
    </div>
  );
}
