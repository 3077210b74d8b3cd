/** What is on top of a moment, by its kind: the best frame where one is kept, else the one that shows best what it is. */
import type { MomentReason } from '../../../shared/moments.ts';
import type { Frame } from '../catalog/moments.ts';
import { type Candidate, type Decision, decide } from './best.ts';
import { exposureValue, type Group } from './kinds/kind.ts';

/** @param candidateOf reads what is seen in a photo */
export function topOf({ kind, frames }: Group, candidateOf: (photo: number) => Candidate): Decision {
  switch (kind) {
    case 'bracket':
      return whole(middleExposure(frames), 'the middle exposure; a bracket stays whole');
    case 'panorama':
      return whole(frames[frames.length >> 1]!, 'the middle of a panorama, which stays whole');
    case 'focus-bracket': {
      const { top } = decide(frames.map(({ id }) => candidateOf(id)));
      return { top, second: null, reason: said('sharpest at the subject; a focus bracket stays whole') };
    }
    case 'duplicate':
      return original(frames);
    default:
      return decide(frames.map(({ id }) => candidateOf(id)));
  }
}

const said = (text: string): MomentReason => ({ text, margin: null, tooClose: false });

function whole(top: Frame, text: string): Decision {
  return { top: top.id, second: null, reason: said(text) };
}

/** The one without a bias, else the middle one by exposure; the first of equals. */
function middleExposure(frames: readonly Frame[]): Frame {
  const biases = new Set(frames.map(({ bias }) => bias));
  if (biases.size === frames.length && biases.has(0)) return frames.find(({ bias }) => bias === 0)!;
  const lightOf = (frame: Frame) => (biases.size === frames.length ? -(frame.bias ?? 0) : (exposureValue(frame) ?? 0));
  const ordered = frames.toSorted((a, b) => lightOf(a) - lightOf(b));
  return ordered[(ordered.length - 1) >> 1]!;
}

/** Of files of one picture a RAW comes before all others, then more pixels, then the one that knows when it was taken. */
function original(frames: readonly Frame[]): Decision {
  const isRaw = ({ kind }: Frame) => Number(kind === 'raw' || kind === 'raw+jpeg');
  const ranked = frames.toSorted(
    (a, b) =>
      isRaw(b) - isRaw(a) ||
      b.width * b.height - a.width * a.height ||
      Number(b.takenAt !== null) - Number(a.takenAt !== null) ||
      a.name.length - b.name.length ||
      a.id - b.id,
  );
  const [top, second] = [ranked[0]!, ranked[1]!];
  const reason =
    isRaw(top) > isRaw(second)
      ? said('the RAW')
      : top.width * top.height > second.width * second.height
        ? said('most pixels')
        : top.takenAt !== null && second.takenAt === null
          ? said('the one with its metadata')
          : { text: 'the same picture: too close to call', margin: 0, tooClose: true };
  return { top: top.id, second: second.id, reason };
}
