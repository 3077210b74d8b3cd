/**
 * Tilt of the horizon from straight lines: strong gradients within ±15° of level or plumb vote for lines
 * (Hough transform with the gradient's own direction, half working size); the angle whose votes gather into the
 * longest lines wins. Lines across and lines down must not contradict each other.
 * Unit: degrees clockwise that the picture is turned; agreement 0–100.
 */
import { type Plane, type Planes, scratchFloats } from './planes.ts';

export interface Tilt {
  tilt: number | null;
  tiltAgreement: number;
}

/** Degrees searched to each side, and votes a degree. */
const REACH = 12;
const PER_DEGREE = 4;
const ANGLES = 2 * REACH * PER_DEGREE + 1;
/** How far a pixel's own gradient may be from the line it votes for. */
const TOLERANCE = 2.5;
/** Weakest gradient (Sobel, 8 × grey levels a pixel) of a line in a picture without noise. */
const FAINTEST = 14;

const cosines = Float64Array.from({ length: ANGLES }, (_, at) => Math.cos(((at / PER_DEGREE - REACH) * Math.PI) / 180));
const sines = Float64Array.from({ length: ANGLES }, (_, at) => Math.sin(((at / PER_DEGREE - REACH) * Math.PI) / 180));

function rise(low: number, high: number, value: number): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)));
}

export interface LineEvidence {
  /** Degrees clockwise. */
  angle: number;
  /** Length of the longest line at the angle, share of the picture's side. */
  longest: number;
  /** Energy of the peak over that of the median angle. */
  contrast: number;
  /** Share of all lines' energy that lies within 1° of the peak. */
  share: number;
  /** Separate lines at the peak's angle, and how far apart the outermost are, share of the picture's other side. */
  lines: number;
  spread: number;
  /** Their distances from the middle of the picture, across the angle, in pixels of half working size. */
  places: readonly number[];
}

/** Least length (share of the side) of a line that is counted, and how far lines are apart (share) that are two. */
const COUNTED = 0.12;
const APART = 0.025;

/** Counts the separate lines among the votes of one angle and its neighbours, and says where the strongest votes of each are. */
function countLines(votes: Float32Array, offsets: number, best: number, across: number, along: number) {
  const places: number[] = [];
  let strongest = 0;
  let first = -1;
  let last = Number.NEGATIVE_INFINITY;
  for (let at = 1; at < offsets; at++) {
    let most = 0;
    for (let angle = Math.max(0, best - 2); angle <= Math.min(ANGLES - 1, best + 2); angle++) {
      most = Math.max(most, votes[angle * offsets + at]! + 0.5 * votes[angle * offsets + at - 1]!);
    }
    if (most < COUNTED * across) continue;
    if (first < 0) first = at;
    if (at - last > APART * along) {
      places.push(at);
      strongest = most;
    } else if (most > strongest) {
      places[places.length - 1] = at;
      strongest = most;
    }
    last = at;
  }
  return {
    lines: places.length,
    spread: places.length > 1 ? (last - first) / along : 0,
    places: places.map((at) => at - offsets / 2),
  };
}

/** Of the three pixels above one another around `at`: their weighted sum, or the step from the upper to the lower. */
function columnAt(data: Float32Array, at: number, width: number, isSum: boolean): number {
  const above = data[at - width]!;
  const below = data[at + width]!;
  return isSum ? above + 2 * data[at]! + below : below - above;
}

const steepest = Math.tan(((REACH + TOLERANCE) * Math.PI) / 180);

/** One row's votes; on its own because a function that is called often is compiled as a whole. */
function voteOfRow(
  { width, height, data }: Plane,
  y: number,
  down: boolean,
  faintest: number,
  votes: Float32Array,
  offsets: number,
): void {
  const centre = offsets / 2;
  const halfWidth = width / 2;
  const halfHeight = height / 2;
  // Sobel's mask is a smoothing one way and a difference the other: three columns slide along the row.
  let before = 0;
  let middle = columnAt(data, y * width + 1, width, down);
  let after = columnAt(data, y * width + 2, width, down);
  for (let x = 2; x < width - 2; x++) {
    const at = y * width + x;
    before = middle;
    middle = after;
    after = columnAt(data, at + 1, width, down);
    // `over` lies across the line, `along` along it; most pixels are done after the first.
    const over = down ? after - before : before + 2 * middle + after;
    const strength = over < 0 ? -over : over;
    if (strength < faintest) continue;
    const a = data[at - width - 1]!;
    const b = data[at - width + 1]!;
    const c = data[at + width - 1]!;
    const d = data[at + width + 1]!;
    const along = down
      ? -(c + d - a - b + 2 * (data[at + width]! - data[at - width]!))
      : b + d - a - c + 2 * (data[at + 1]! - data[at - 1]!);
    if (Math.abs(along) > strength * steepest) continue;
    // A line turned clockwise by t has the gradient direction (−sin t, cos t).
    const own = (Math.atan(-along / over) * 180) / Math.PI;
    const first = Math.max(0, Math.ceil((own - TOLERANCE + REACH) * PER_DEGREE));
    const last = Math.min(ANGLES - 1, Math.floor((own + TOLERANCE + REACH) * PER_DEGREE));
    const px = x - halfWidth;
    const py = y - halfHeight;
    for (let angle = first; angle <= last; angle++) {
      const offset = down ? px * cosines[angle]! + py * sines[angle]! : py * cosines[angle]! - px * sines[angle]!;
      votes[angle * offsets + Math.round(offset + centre)]! += 1;
    }
  }
}

/** Votes of one family of lines; `down` for lines near plumb. */
function linesOf(planes: Planes, down: boolean, faintest: number): LineEvidence {
  const { width, height } = planes.half;
  const across = down ? height : width;
  const offsets = (down ? width : height) + Math.ceil(across * Math.sin((REACH * Math.PI) / 180)) * 2 + 4;
  const votes = scratchFloats('votes', ANGLES * offsets).fill(0);
  for (let y = 2; y < height - 2; y++) {
    voteOfRow(planes.half, y, down, faintest, votes, offsets);
  }
  // Energy of an angle: squares of votes, so that one long line outweighs many short ones.
  const energy = new Float64Array(ANGLES);
  const longest = new Float64Array(ANGLES);
  for (let angle = 0; angle < ANGLES; angle++) {
    const row = angle * offsets;
    for (let at = 1; at < offsets; at++) {
      const count = votes[row + at]! + 0.5 * votes[row + at - 1]!;
      if (count > 0.08 * across) energy[angle]! += count * count;
      if (count > longest[angle]!) longest[angle] = count;
    }
  }
  let best = 0;
  let total = 0;
  for (let angle = 0; angle < ANGLES; angle++) {
    total += energy[angle]!;
    if (energy[angle]! > energy[best]!) best = angle;
  }
  if (total === 0) return { angle: 0, longest: 0, contrast: 0, share: 0, lines: 0, spread: 0, places: [] };
  let near = 0;
  let moment = 0;
  for (let angle = Math.max(0, best - PER_DEGREE); angle <= Math.min(ANGLES - 1, best + PER_DEGREE); angle++) {
    near += energy[angle]!;
    moment += energy[angle]! * angle;
  }
  const sorted = Float64Array.from(energy).sort();
  return {
    angle: moment / near / PER_DEGREE - REACH,
    longest: longest[best]! / across,
    contrast: energy[best]! / Math.max(sorted[ANGLES >> 1]!, 0.0025 * across * across),
    share: near / total,
    ...countLines(votes, offsets, best, across, down ? width : height),
  };
}

/** Most tilt (degrees) that a slip of the hand explains; more is a choice, or not a horizon: a slope, a dune, a roof. */
const MOST = 6;
const MOST_HORIZON = 3.2;
/** Most (degrees) by which lines across and lines down may differ and still speak of one tilt. */
const ALIKE = 1.5;
/** Walls and masts that are plumb are several, and stand apart: one leaning post, or a person, is none. */
const WALLS = 4;
const WALLS_APART = 0.3;
/** A horizon crosses most of the picture, and hardly anything else does. */
const CROSSING = 0.6;
const CROSSINGS = 2;

/**
 * What the lines say together: a tilt is only what both families lean by alike, or several plumb lines that stand apart,
 * or one line that crosses the picture as a horizon does. All else is a scene: null, whatever its lines do.
 * `by`: the lines that say it.
 */
export function concluded(level: LineEvidence, plumb: LineEvidence): Tilt & { by: readonly ('level' | 'plumb')[] } {
  const differ = Math.abs(level.angle - plumb.angle);
  const plumbLines = rise(0.18, 0.34, plumb.share) * rise(1.5, 5, plumb.contrast) * rise(0.1, 0.2, plumb.longest);
  const levelLines = rise(0.14, 0.28, level.share) * rise(1.5, 4, level.contrast) * rise(0.1, 0.3, level.longest);
  const isSeveral = plumb.lines + level.lines > 2;
  if (plumbLines > 0 && levelLines > 0 && differ < ALIKE && isSeveral && Math.abs(plumb.angle) < MOST) {
    const share = plumbLines / (plumbLines + levelLines);
    return {
      tilt: plumb.angle * share + level.angle * (1 - share),
      tiltAgreement: 100 * Math.min(1, (plumbLines + levelLines) * 1.1 * (1 - differ / 3)),
      by: ['level', 'plumb'],
    };
  }
  const walls =
    plumb.lines >= WALLS && plumb.spread >= WALLS_APART && Math.abs(plumb.angle) < MOST
      ? rise(0.24, 0.4, plumb.share) * rise(3, 16, plumb.contrast) * rise(0.14, 0.22, plumb.longest)
      : 0;
  const unopposed = rise(5, 2.5, plumb.contrast);
  const horizon =
    level.longest >= CROSSING && level.lines <= CROSSINGS && Math.abs(level.angle) < MOST_HORIZON
      ? rise(0.15, 0.2, level.share) * rise(1.7, 2.3, level.contrast) * unopposed
      : 0;
  // A horizon that the walls deny, and walls that the horizon denies, leave both in doubt.
  if (walls > 0.25 && horizon < 0.5) return { tilt: plumb.angle, tiltAgreement: 100 * walls, by: ['plumb'] };
  if (horizon > 0.2 && walls <= 0.25) return { tilt: level.angle, tiltAgreement: 100 * horizon, by: ['level'] };
  return { tilt: null, tiltAgreement: 100 * Math.min(walls, horizon), by: [] };
}

/** @param noise at working size. */
export function tiltEvidence(planes: Planes, noise: number): { level: LineEvidence; plumb: LineEvidence } {
  const faintest = FAINTEST + 6 * noise;
  return { level: linesOf(planes, false, faintest), plumb: linesOf(planes, true, faintest) };
}

export function measureTilt(planes: Planes, noise: number): Tilt {
  const { level, plumb } = tiltEvidence(planes, noise);
  const { tilt, tiltAgreement } = concluded(level, plumb);
  return { tilt, tiltAgreement };
}
