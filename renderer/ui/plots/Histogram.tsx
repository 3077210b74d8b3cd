/** Histogram of the picture on screen: red, green and blue added as light, the luma as a line. */
import { useEffect, useRef } from 'react';
import { CLIPPED_HIGH, CLIPPED_LOW, type HistogramCounts } from '../../picture/pixels.ts';
import './plots.css';

const WIDTH = 312;
const HEIGHT = 84;

/**
 * Height that fills the plot: the 99.5th percentile of the inner bins, so that one spike (a black border, a blown
 * sky) does not flatten the rest.
 */
function ceilingOf(counts: HistogramCounts): number {
  const inner = [...counts.red.slice(1, 255), ...counts.green.slice(1, 255), ...counts.blue.slice(1, 255)];
  inner.sort((one, other) => one - other);
  return Math.max(1, inner[Math.floor(inner.length * 0.995)]!);
}

function trace(context: CanvasRenderingContext2D, bins: Uint32Array, ceiling: number, width: number, height: number) {
  context.beginPath();
  context.moveTo(0, height);
  bins.forEach((count, value) => {
    context.lineTo((value / 255) * width, height - Math.min(1, count / ceiling) * (height - 2));
  });
  context.lineTo(width, height);
}

function draw(canvas: HTMLCanvasElement, counts: HistogramCounts | null): void {
  const context = canvas.getContext('2d');
  if (context === null) {
    return;
  }
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  if (counts === null) {
    return;
  }
  const dark = getComputedStyle(canvas).colorScheme !== 'light';
  const ceiling = ceilingOf(counts);
  context.globalCompositeOperation = dark ? 'lighter' : 'multiply';
  const colors = dark ? ['#6e1a1c', '#0e5422', '#0c1c68'] : ['#f0a09d', '#a5d8b0', '#a8c4f8'];
  [counts.red, counts.green, counts.blue].forEach((bins, index) => {
    trace(context, bins, ceiling, width, height);
    context.fillStyle = colors[index]!;
    context.fill();
  });
  context.globalCompositeOperation = 'source-over';
  trace(context, counts.luma, ceiling, width, height);
  context.strokeStyle = dark ? '#ececee' : '#1b1b1d';
  context.lineWidth = width / WIDTH;
  context.stroke();
}

const share = (bins: Uint32Array, from: number, to: number, pixels: number): string =>
  `${((bins.slice(from, to + 1).reduce((sum, count) => sum + count, 0) / Math.max(1, pixels)) * 100).toFixed(1)} %`;

/** The histogram in words. */
export function histogramText(counts: HistogramCounts): string {
  let below = 0;
  const median = counts.luma.findIndex((count) => {
    below += count;
    return below >= counts.pixels / 2;
  });
  return (
    `Histogram: median brightness ${median} of 255, ` +
    `${share(counts.luma, 0, CLIPPED_LOW, counts.pixels)} black, ` +
    `${share(counts.luma, CLIPPED_HIGH, 255, counts.pixels)} white`
  );
}

/** @param counts null while the picture is being read: the place stays. */
export function Histogram(props: { counts: HistogramCounts | null }): React.JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element === null) {
      return;
    }
    draw(element, props.counts);
    const redraw = new MutationObserver(() => draw(element, props.counts));
    redraw.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class'] });
    return () => redraw.disconnect();
  }, [props.counts]);
  return (
    <canvas
      ref={canvas}
      className="histogram"
      width={WIDTH * 2}
      height={HEIGHT * 2}
      role="img"
      aria-label={props.counts === null ? 'Histogram' : histogramText(props.counts)}
    />
  );
}
