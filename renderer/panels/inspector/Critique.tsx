/**
 * What the critic says of the photo: grade, probabilities, dimensions, place in the view, reasons, the written
 * explanation, what could be tried, and the talk. The measured critic speaks in the same places when there is no
 * model.
 */

import { useMemo } from 'react';
import type { Critique as CritiqueData, Reason } from '../../../shared/critique.ts';
import { estimateSentence } from '../../../shared/estimate.ts';
import type { EvidenceKind } from '../../../shared/evidence.ts';
import { faceReasons, facesText } from '../../../shared/face.ts';
import { DIMENSION_LABELS, DIMENSIONS, dimensionLabel } from '../../../shared/grade.ts';
import { BLIND_SPOTS, SLOTS } from '../../../shared/model.ts';
import type { PhotoDetail } from '../../../shared/photo.ts';
import { evidenceOf, moves } from '../../../shared/reasons.ts';
import { FaceCrops } from '../../photo/FaceCrops.tsx';
import { useDetail, useLibrary, useLoupe, useModels, usePlaces, useSettings, useSpread } from '../../store/hooks.ts';
import { criticTitle } from '../../store/models.ts';
import { sourceTitle } from '../../store/places.ts';
import { showView } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Bars, LevelBars } from '../../ui/plots/Bars.tsx';
import { Distribution } from '../../ui/plots/Distribution.tsx';
import { Radar } from '../../ui/plots/Radar.tsx';
import { type Pointing, usePointing } from '../photo/pointing.ts';
import { Explanation } from './Explanation.tsx';
import { Judgements } from './Judgements.tsx';
import { Reasons } from './Reasons.tsx';
import { Suggestions } from './Suggestions.tsx';
import { Talk } from './Talk.tsx';
import './inspector.css';

/** Edge of a face's crop, CSS pixels. */
const CROP_EDGE = 76;

/** The critique that gave the photo its grade, else the newest one. */
export function leadingCritique(detail: PhotoDetail): CritiqueData | null {
  const newest = detail.critiques.toSorted((one, other) => other.createdAt - one.createdAt);
  return newest.find((one) => one.critic === detail.grade?.critic) ?? newest[0] ?? null;
}

function percentileText(percentile: number): string {
  const share = Math.round(percentile * 100);
  if (share <= 0) return 'the lowest of your library';
  if (share >= 100) return 'the best of your library';
  return `better than ${share} % of your library`;
}

function confidenceText(confidence: number): string {
  if (confidence >= 0.66) return 'sure';
  return confidence >= 0.33 ? 'fairly sure' : 'not sure';
}

function Head({ detail, critique, title }: { detail: PhotoDetail; critique: CritiqueData; title: string }) {
  const isMeasured = critique.critic === 'measured';
  const level = critique.level[0]!.toUpperCase() + critique.level.slice(1);
  return (
    <header className="critique-head">
      <p className="critique-grade" data-measured={isMeasured || undefined}>
        <span className="only-read">{isMeasured ? 'Technical quality ' : 'Grade '}</span>
        {isMeasured && <span aria-hidden="true">~</span>}
        {isMeasured && <span className="only-read">about </span>}
        {Math.round(critique.value)}
      </p>
      <div>
        <h3>
          {level}
          {isMeasured ? ' technical quality' : ''} <span className="meta">· {confidenceText(critique.confidence)}</span>
        </h3>
        <p className="meta">{detail.percentile === null ? '' : percentileText(detail.percentile)}</p>
      </div>
      <p
        className="meta critique-critic cut"
        title={`Prompt version ${critique.promptVersion}, model ${critique.modelHash}`}
      >
        {isMeasured ? 'Measured' : title}
      </p>
    </header>
  );
}

/** Evidence of the heaviest reason of a dimension that has a place. */
function placeOf(
  reasons: readonly Reason[],
  dimension: 'technical' | 'light' | 'composition',
): readonly EvidenceKind[] {
  const [first] = reasons
    .filter(({ name }) => moves(name, dimension) && evidenceOf(name).length > 0)
    .toSorted((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
  return first === undefined ? [] : evidenceOf(first.name);
}

/** Fewer than five dimensions make no shape that could be read: they are rows, the median a thin mark. */
function Dimensions({
  photo,
  critique,
  reasons,
  medians,
}: {
  photo: number;
  critique: CritiqueData;
  /** Measured ones: a dimension lights up where its heaviest one was measured that is a place. */
  reasons: readonly Reason[];
  medians: React.ComponentProps<typeof Radar>['medians'];
}) {
  const names = DIMENSIONS.filter((name) => critique.dimensions[name] !== undefined);
  const technical = usePointing(photo, placeOf(reasons, 'technical'));
  const light = usePointing(photo, placeOf(reasons, 'light'));
  const composition = usePointing(photo, placeOf(reasons, 'composition'));
  if (names.length >= 5) {
    // A picture has no parts for the keyboard: the reasons below light up the same.
    const byPointer = ({ onPointerEnter, onPointerLeave }: Pointing) =>
      ({ onPointerEnter, onPointerLeave }) as React.SVGAttributes<SVGTextElement>;
    return (
      <Radar
        dimensions={critique.dimensions}
        medians={medians}
        attributes={{
          technical: byPointer(technical),
          light: byPointer(light),
          composition: byPointer(composition),
        }}
      />
    );
  }
  const pointing: Partial<Record<string, Pointing>> = { technical, light, composition };
  const rows = names.map((name) => {
    const value = critique.dimensions[name]!.value;
    const median = medians[name];
    return {
      key: name,
      label: dimensionLabel(name, critique.critic),
      share: value / 100,
      text: String(Math.round(value)),
      attributes: pointing[name] ?? {},
      ...(median === undefined ? {} : { tick: median / 100 }),
    };
  });
  if (critique.technical !== null && critique.dimensions.technical === undefined) {
    rows.unshift({
      key: 'technical',
      label: DIMENSION_LABELS.technical,
      share: critique.technical / 100,
      text: String(Math.round(critique.technical)),
      attributes: technical,
    });
  }
  return rows.length === 0 ? null : <Bars label="Dimensions" rows={rows} />;
}

/** A model's critique may carry measured reasons beside its own: only where all are measured is that said of them. */
function areMeasured(reasons: readonly Reason[], detail: PhotoDetail): boolean {
  const measured = detail.critiques.find((one) => one.critic === 'measured')?.reasons ?? [];
  return reasons.every((reason) => measured.some((one) => one.name === reason.name && one.text === reason.text));
}

/** What is left of the measured grade without its reasons. */
function middleOf({ value, reasons }: CritiqueData): number {
  return Math.round(reasons.reduce((rest, { weight }) => rest - weight, value));
}

/** One grade alone has no place among others. */
function isSpread(bins: readonly number[]): boolean {
  return bins.reduce((sum, count) => sum + count, 0) > 1;
}

/** One quiet line where a model would say more. */
function Offer() {
  const { list } = useModels();
  const ready = list?.find((model) => model.origin !== 'measured' && model.state === 'installed');
  // The one that does all of it.
  const wanted = ready ?? list?.find(({ origin, slots }) => origin === 'builtin' && slots.length === SLOTS.length);
  if (list === null) return null;
  return (
    <p className="critique-offer meta">
      <span>
        {ready === undefined
          ? `${wanted?.title ?? 'AesExpert'} can explain in words, talk and grade emotion and vibe, on this computer.`
          : `${ready.title} is installed and not in use.`}
      </span>
      <Button tone="raised" onClick={() => showView('models')}>
        {ready === undefined ? 'Choose a model' : 'Models'}
      </Button>
    </p>
  );
}

export function Critique({ photo }: { photo: number }) {
  const { detail, problem } = useDetail(photo);
  const spread = useSpread();
  const { list } = useModels();
  const hasGrader = useSettings((settings) => settings.models.active !== null);
  const hasModel = useSettings((settings) => settings.models.active !== null || settings.models.writer !== null);
  const isAsked = useLoupe((state) => state.asked === photo);
  const source = useLibrary((state) => state.query.source);
  const folders = usePlaces((state) => state.folders);
  const albums = usePlaces((state) => state.albums);
  const critique = useMemo(() => (detail === null ? null : leadingCritique(detail)), [detail]);

  if (detail === null) {
    return problem === null ? (
      <div className="critique" aria-busy="true" />
    ) : (
      <p className="meta" role="alert">
        {problem}
      </p>
    );
  }
  if (critique === null) {
    return (
      <p className="meta">
        {detail.state === 'failed'
          ? 'A photo that cannot be read cannot be judged.'
          : detail.state === 'missing'
            ? 'This photo left before it was judged.'
            : 'Not judged yet: it is looked at soon.'}
      </p>
    );
  }
  const warnings = detail.seenFaces === null ? [] : faceReasons(detail.seenFaces);
  const reasons = critique.reasons.length > 0 ? critique.reasons : detail.reasons.filter(({ weight }) => weight !== 0);
  const suggestions = critique.suggestions.length > 0 ? critique.suggestions : detail.suggestions;
  const place = source.kind === 'all' ? 'your library' : sourceTitle(source, { folders, albums });
  return (
    <div className="critique" data-critic={critique.critic}>
      <Head detail={detail} critique={critique} title={criticTitle(critique.critic, list)} />
      {detail.estimate !== null && (
        <p className="critique-estimate">
          <strong>
            <span aria-hidden="true">≈</span>
            <span className="only-read">Estimated </span>
            {Math.round(detail.estimate.value)}
          </strong>{' '}
          <span className="meta">{estimateSentence(detail.estimate, criticTitle(detail.estimate.critic, list))}</span>
        </p>
      )}
      {critique.probabilities !== null && (
        <div>
          <LevelBars probabilities={critique.probabilities} />
          <p className="meta critique-blind">{BLIND_SPOTS}</p>
        </div>
      )}
      <Dimensions
        photo={photo}
        critique={critique}
        reasons={detail.critiques.find((one) => one.critic === 'measured')?.reasons ?? reasons}
        medians={spread?.dimensions ?? {}}
      />
      {spread !== null && isSpread(spread.bins) && (
        <figure className="critique-figure">
          <figcaption className="section-head">
            {hasGrader ? 'Grades' : 'Technical quality'} of {place}
          </figcaption>
          <Distribution bins={spread.bins} median={spread.median} value={detail.grade?.value ?? null} what={place} />
        </figure>
      )}
      {hasModel && (
        <Explanation key={`explanation-${photo}`} photo={photo} critiques={detail.critiques} isAsked={isAsked} />
      )}
      <Reasons
        photo={photo}
        reasons={[...reasons, ...warnings]}
        isMeasured={areMeasured(reasons, detail)}
        middle={critique.critic === 'measured' ? middleOf(critique) : null}
        isAsked={isAsked && !hasModel}
      />
      {detail.seenFaces !== null && detail.seenFaces.faces.length > 0 && (
        <section className="critique-section" aria-label="Faces">
          <h3 className="section-head">Faces</h3>
          <p className="meta">{facesText(detail.seenFaces.faces)}.</p>
          <FaceCrops row={detail} faces={detail.seenFaces.faces} edge={CROP_EDGE} />
        </section>
      )}
      <Suggestions photo={photo} suggestions={suggestions} />
      <Judgements photo={photo} critiques={detail.critiques} leading={critique} />
      {hasModel ? <Talk key={`talk-${photo}`} photo={photo} weak={critique.value < 60} /> : <Offer />}
    </div>
  );
}
