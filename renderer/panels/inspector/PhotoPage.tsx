/** Facts of the photo: histogram, exposure, time, place, files, words. */

import { type ReactNode, useEffect } from 'react';
import { bytesText } from '../../../shared/bytes.ts';
import { KIND_LABELS } from '../../../shared/labels.ts';
import type { PhotoDetail } from '../../../shared/photo.ts';
import { histogramOf, screenPictures } from '../../photo/pictures.ts';
import type { HistogramCounts } from '../../picture/pixels.ts';
import { useDetail, useLoupe, usePlaces, useRow } from '../../store/hooks.ts';
import { desktop, loupe, pictureUrl } from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Histogram } from '../../ui/plots/Histogram.tsx';
import { isUnshown } from '../photo/Unshown.tsx';
import { Differences } from './Differences.tsx';
import { apertureText, focalText, locationText, markText, pixelsText, shutterText, takenText } from './facts.ts';
import { Words } from './Words.tsx';

type Fact = readonly [label: string, value: ReactNode];

function Facts({ title, facts }: { title: string; facts: readonly (Fact | null)[] }) {
  const shown = facts.filter((fact) => fact !== null && fact[1] !== '' && fact[1] !== null) as Fact[];
  if (shown.length === 0) return null;
  return (
    <section className="fact-group">
      <h3 className="section-head">{title}</h3>
      <dl className="facts selectable">
        {shown.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

const ROLE_WORDS = { main: '', companion: ', companion', sidecar: ', sidecar' } as const;

function cameraFacts({ exposure, cameraSerial }: PhotoDetail): (Fact | null)[] {
  return [
    exposure.camera === null ? null : ['Camera', exposure.camera],
    cameraSerial === null ? null : ['Serial number', cameraSerial],
    exposure.lens === null ? null : ['Lens', exposure.lens],
    exposure.focalLength === null ? null : ['Focal length', focalText(exposure.focalLength, exposure.focalLength35)],
    exposure.aperture === null ? null : ['Aperture', apertureText(exposure.aperture)],
    exposure.shutter === null || exposure.shutter <= 0 ? null : ['Shutter', shutterText(exposure.shutter)],
    exposure.iso === null ? null : ['ISO', String(Math.round(exposure.iso))],
  ];
}

/** What a date is known from (core/formats/capture-time.ts). */
const SOURCE_WORDS: Readonly<Record<string, string>> = {
  exif: 'the camera (EXIF)',
  'exif-digitized': 'when it was digitized (EXIF)',
  'exif-changed': 'when the file was last changed (EXIF)',
  gps: 'GPS',
  xmp: 'XMP metadata',
  iptc: 'IPTC metadata',
  sidecar: 'the sidecar',
  description: 'a description',
  'file-name': 'the file’s name',
};

/** Rest on a photo before its histogram is counted where no loupe shows it, in milliseconds. */
const REST = 150;

/** The histogram of the photo; the loupe counts it when it shows the photo, elsewhere the preview is read for it. */
function useHistogram(photo: number): HistogramCounts | null {
  const row = useRow(photo);
  const known = useLoupe((state) => state.histogram);
  const isKnown = row !== undefined && known?.photo === photo && known.version === row.version;
  useEffect(() => {
    if (isKnown || row === undefined || isUnshown(row)) return;
    let isWanted = true;
    const timer = setTimeout(() => {
      screenPictures.load(pictureUrl('screen', row)).then(
        (image) => {
          const counts = isWanted ? histogramOf(image) : null;
          if (counts !== null) loupe.setState({ histogram: { photo: row.id, version: row.version, counts } });
        },
        () => undefined,
      );
    }, REST);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [isKnown, row]);
  return isKnown ? known.counts : null;
}

export function PhotoPage({ photo }: { photo: number }) {
  const { detail, problem } = useDetail(photo);
  const histogram = useHistogram(photo);
  const albums = usePlaces((state) => state.albums);
  if (detail === null) {
    return problem === null ? null : (
      <p className="meta" role="alert">
        {problem}
      </p>
    );
  }
  const taken =
    detail.takenAt === null ? null : takenText(detail.takenAt, detail.takenAtOffset, detail.takenAtPrecision);
  const inAlbums = albums.filter((album) => detail.albums.includes(album.id)).map((album) => album.name);
  const camera = cameraFacts(detail);
  return (
    <div className="fact-groups">
      {detail.state !== 'failed' && detail.placeholder !== null && <Histogram counts={histogram} />}
      <Differences detail={detail} />
      {detail.differences.length === 0 && detail.fileSays !== null && (
        <p className="meta">The file says: {markText(detail.fileSays)}</p>
      )}
      <Words photo={photo} changed={detail} />
      {camera.some((fact) => fact !== null) ? (
        <Facts title="Exposure" facts={camera} />
      ) : (
        <p className="meta">The file does not say how it was exposed.</p>
      )}
      <Facts
        title="Time and place"
        facts={[
          taken === null ? ['Taken', 'No date in the file that could be true'] : ['Taken', taken.date],
          taken === null ? null : ['Time', taken.time],
          detail.takenAtSource === null
            ? null
            : ['Known from', SOURCE_WORDS[detail.takenAtSource] ?? detail.takenAtSource],
          detail.location === null ? null : ['Place', locationText(detail.location)],
        ]}
      />
      <Facts
        title="File"
        facts={[
          ['Folder', detail.folderPath],
          [
            detail.files.length > 1 ? 'Files' : 'Name',
            detail.files.map((file) => (
              <div key={file.name}>
                <bdi>{file.name}</bdi>{' '}
                <span className="meta">
                  {bytesText(file.bytes)}
                  {ROLE_WORDS[file.role]}
                </span>
              </div>
            )),
          ],
          ['Kind', KIND_LABELS[detail.kind]],
          ['Pixels', pixelsText(detail.width, detail.height)],
          ['Color', detail.colorProfile ?? 'No profile: read as sRGB'],
        ]}
      />
      {desktop !== null && (
        <div className="text-verbs">
          <Button tone="raised" onClick={() => void desktop?.reveal(detail.id)}>
            Show in folder
          </Button>
        </div>
      )}
      <Facts
        title="Also"
        facts={[['By', detail.creator], inAlbums.length === 0 ? null : ['Albums', inAlbums.join(', ')]]}
      />
    </div>
  );
}
