/** Pointer, wheel and touch on a photo: drag to pan, wheel or pinch to zoom at the pointer, double click for 100 %. */
import { useEffect, useMemo, useRef } from 'react';
import {
  closeScale,
  FIT,
  nextScale,
  type Placement,
  type Point,
  panBy,
  type Size,
  scaleOf,
  zoomAt,
} from '../picture/geometry.ts';

export interface GestureInput {
  readonly box: React.RefObject<HTMLElement | null>;
  readonly size: Size;
  readonly pane: Size;
  readonly ratio: number;
  readonly placement: Placement;
  readonly onPlacement: (next: Placement) => void;
}

export interface Gestures {
  /** Where the mouse is over the pane, null when it is elsewhere. */
  readonly pointer: React.RefObject<Point | null>;
  zoom(at: Point, scale: number): void;
  step(direction: 'in' | 'out'): void;
  /** @param by movement of the photo in CSS pixels. */
  pan(by: Point): void;
  readonly handlers: Pick<
    React.DOMAttributes<HTMLElement>,
    'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel' | 'onPointerLeave' | 'onDoubleClick'
  >;
}

/** Zoom for one pixel of wheel movement: three notches of 100 double the size. */
const PER_PIXEL = Math.LN2 / 300;
/** A pinch on a touch pad comes as a wheel with Ctrl and with small steps. */
const PER_PINCH = 0.01;
const LINE = 16;

export function useGestures(input: GestureInput): Gestures {
  const latest = useRef(input);
  latest.current = input;
  const pointer = useRef<Point | null>(null);
  const touches = useRef(new Map<number, Point>());

  const gestures = useMemo((): Gestures => {
    const change = (next: Placement): void => {
      // Events can come faster than frames: the next one must see this one.
      latest.current = { ...latest.current, placement: next };
      latest.current.onPlacement(next);
    };
    const zoom = (at: Point, scale: number): void => {
      const { placement, size, pane, ratio } = latest.current;
      change(zoomAt(placement, size, pane, at, scale, ratio));
    };
    const pan = (by: Point): void => {
      const { placement, size, pane, ratio } = latest.current;
      if (placement.scale !== null) {
        change(panBy(placement, size, pane, by, ratio));
      }
    };
    const middle = (): Point => ({ x: latest.current.pane.width / 2, y: latest.current.pane.height / 2 });
    const step = (direction: 'in' | 'out'): void => {
      const { placement, size, pane, ratio } = latest.current;
      const scale = nextScale(scaleOf(placement, size, pane), direction, ratio);
      zoom(pointer.current ?? middle(), scale);
    };
    const pointOf = (event: { clientX: number; clientY: number }): Point => {
      const box = latest.current.box.current?.getBoundingClientRect();
      return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
    };
    const end = (event: React.PointerEvent): void => {
      touches.current.delete(event.pointerId);
      delete latest.current.box.current?.dataset.dragging;
    };
    return {
      pointer,
      zoom,
      pan,
      step,
      handlers: {
        onPointerDown(event) {
          if (event.pointerType === 'mouse' && event.button !== 0) {
            return;
          }
          touches.current.set(event.pointerId, pointOf(event));
          if (latest.current.placement.scale !== null || touches.current.size > 1) {
            event.currentTarget.setPointerCapture(event.pointerId);
          }
        },
        onPointerMove(event) {
          const at = pointOf(event);
          pointer.current = event.pointerType === 'mouse' ? at : pointer.current;
          const before = touches.current.get(event.pointerId);
          if (before === undefined) {
            return;
          }
          const other = [...touches.current].find(([id]) => id !== event.pointerId)?.[1];
          touches.current.set(event.pointerId, at);
          if (other === undefined) {
            if (latest.current.placement.scale !== null) {
              latest.current.box.current?.setAttribute('data-dragging', '');
            }
            pan({ x: at.x - before.x, y: at.y - before.y });
            return;
          }
          const distance = (one: Point) => Math.max(1, Math.hypot(one.x - other.x, one.y - other.y));
          const { placement, size, pane } = latest.current;
          pan({ x: (at.x - before.x) / 2, y: (at.y - before.y) / 2 });
          zoom(
            { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 },
            (scaleOf(placement, size, pane) * distance(at)) / distance(before),
          );
        },
        onPointerUp: end,
        onPointerCancel: end,
        onPointerLeave(event) {
          pointer.current = null;
          if (!event.currentTarget.hasPointerCapture(event.pointerId)) {
            touches.current.delete(event.pointerId);
          }
        },
        onDoubleClick(event) {
          if (latest.current.placement.scale === null) {
            const { size, pane, ratio } = latest.current;
            zoom(pointOf(event), closeScale(size, pane, ratio));
          } else {
            change(FIT);
          }
        },
      },
    };
  }, []);

  useEffect(() => {
    const box = input.box.current;
    if (box === null) {
      return;
    }
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const { placement, size, pane } = latest.current;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? 1 : LINE;
      const speed = event.ctrlKey ? PER_PINCH : PER_PIXEL;
      const rectangle = box.getBoundingClientRect();
      gestures.zoom(
        { x: event.clientX - rectangle.left, y: event.clientY - rectangle.top },
        scaleOf(placement, size, pane) * Math.exp(-event.deltaY * unit * speed),
      );
    };
    // React's own wheel listeners are passive and could not keep the page from zooming.
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => box.removeEventListener('wheel', onWheel);
  }, [input.box, gestures]);

  return gestures;
}
