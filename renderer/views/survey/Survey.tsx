/** The chosen photos tiled to fill the view: take out what is weaker until the keepers remain. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { PhotoRow } from '../../../shared/photo.ts';
import { useActions } from '../../app/dispatch.ts';
import { TooFewPhotos } from '../../panels/photo/TooFewPhotos.tsx';
import type { Rectangle, Size } from '../../picture/geometry.ts';
import { tile } from '../../picture/geometry.ts';
import { useComparison, useLibrary, useRow, useSelection } from '../../store/hooks.ts';
import {
  comparison,
  endSurvey,
  focusNext,
  pictureUrl,
  selectOnly,
  showView,
  startSurvey,
  takeOut,
} from '../../store/stores.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import './survey.css';

const GAP = 12;
/** Height of the line under each photo, in CSS pixels. */
const LINE = 30;

/** What is marked; marking itself is done by key or in the toolbar, where every photo has the room for it. */
function MarkSigns({ row }: { row: PhotoRow }) {
  return (
    <span className="survey-signs" aria-hidden="true">
      {row.flag !== 'none' && <Icon name={row.flag === 'pick' ? 'flag' : 'reject'} size={12} />}
      {row.stars > 0 && `${row.stars} ★`}
      {row.color !== 'none' && <span className={`dot ${row.color}`} />}
    </span>
  );
}

function SurveyPhoto({ id, place, number, count }: { id: number; place: Rectangle; number: number; count: number }) {
  const row = useRow(id);
  const isFocused = useSelection((state) => state.focus === id);
  const [isShown, setShown] = useState(false);
  if (row === undefined) return null;
  const room = { width: place.width, height: Math.max(20, place.height - LINE) };
  const ratio = row.width > 0 && row.height > 0 ? row.width / row.height : 1.5;
  const width = Math.min(room.width, room.height * ratio);
  return (
    <section
      className="survey-photo"
      aria-label={`${row.name}, ${number} of ${count}`}
      aria-current={isFocused || undefined}
      data-id={id}
      data-flag={row.flag}
      style={{ left: place.left, top: place.top, width: place.width, height: place.height }}
      onPointerDownCapture={() => selectOnly(id)}
      onFocusCapture={() => selectOnly(id)}
      onDoubleClick={() => showView('loupe')}
    >
      <div className="survey-room" style={{ height: room.height }}>
        <div
          className="survey-picture"
          style={{
            width,
            height: width / ratio,
            ...(row.placeholder === null ? {} : { backgroundImage: `url("${row.placeholder}")` }),
          }}
        >
          {row.placeholder !== null && row.state !== 'failed' ? (
            <img
              src={pictureUrl('screen', row)}
              alt=""
              decoding="async"
              draggable={false}
              data-shown={isShown || undefined}
              onLoad={() => setShown(true)}
            />
          ) : (
            <p className="meta">{row.error ?? 'Not looked at yet'}</p>
          )}
        </div>
      </div>
      <div className="survey-line">
        <span className="cut meta">{row.name}</span>
        <MarkSigns row={row} />
        <Button
          icon="minus"
          label={`Take ${row.name} out of the survey`}
          disabled={count < 2}
          onClick={() => takeOut(id, true)}
        />
      </div>
    </section>
  );
}

export function Survey() {
  const ids = useComparison((state) => state.ids);
  const order = useLibrary((state) => state.order);
  const isLoading = useLibrary((state) => state.state === 'loading');
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    startSurvey();
    return endSurvey;
  }, []);
  const waits = ids.length === 0 && order.total > 0;
  useEffect(() => {
    // Opened before the view was read; one that has begun has taken the selection already.
    if (waits && !isLoading && comparison.getState().ids.length === 0) startSurvey();
  }, [waits, isLoading]);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const read = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    read();
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const places = useMemo(
    () =>
      size.width === 0
        ? []
        : tile(
            ids.map((id) => order.ratios[order.indexOf(id)] ?? 1.5),
            size,
            GAP,
          ),
    [ids, order, size],
  );
  const columns = new Set(places.slice(0, ids.length).map((place) => Math.round(place.left))).size;
  const across = Math.max(1, places.filter((place) => place.top === places[0]?.top).length || columns);
  useActions({
    'move.left': () => focusNext(-1, true),
    'move.right': () => focusNext(1, true),
    'move.up': () => focusNext(-across, true),
    'move.down': () => focusNext(across, true),
    'move.first': () => focusNext(-SURVEY_END, true),
    'move.last': () => focusNext(SURVEY_END, true),
    'move.pageUp': ALL_HERE,
    'move.pageDown': ALL_HERE,
    'select.all': ALL_HERE,
    'select.none': 'A survey always has one chosen photo: take out those that you do not want.',
  });

  if (order.total === 0 && !isLoading) {
    return <TooFewPhotos title="Nothing to survey">This place shows no photo.</TooFewPhotos>;
  }
  return (
    <div className="survey" data-photos>
      <div ref={box} className="survey-tiles">
        {places.length === ids.length &&
          ids.map((id, index) => (
            <SurveyPhoto key={id} id={id} place={places[index]!} number={index + 1} count={ids.length} />
          ))}
      </div>
    </div>
  );
}

const ALL_HERE = 'All photos of the survey are on screen already.';
/** More than any survey holds: moves to its end. */
const SURVEY_END = 1_000;
