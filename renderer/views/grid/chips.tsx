/** Grade and stars as they stand on a photo; the filmstrip and other views show the same. */
import { LEVELS } from '../../../shared/grade.ts';
import type { Grade } from '../../../shared/photo.ts';

const BAR_HEIGHTS = [3, 5, 7, 9, 11];

/** Five rising bars, as many lit as the level is high: excellent five, bad one. */
export function LevelBars({ level }: { level: Grade['level'] }) {
  const lit = LEVELS.length - LEVELS.indexOf(level);
  return (
    <svg className="level-bars" width="22" height="12" viewBox="0 0 22 12" aria-hidden="true">
      {BAR_HEIGHTS.map((height, index) => (
        <rect
          key={height}
          x={index * 4.5}
          y={12 - height}
          width="3.5"
          height={height}
          fill="currentColor"
          opacity={index < lit ? 1 : 0.35}
        />
      ))}
    </svg>
  );
}

/** The number and the level's bars; a measured grade is muted and has a tilde. */
export function GradeChip({ grade }: { grade: Grade }) {
  const measured = grade.critic === 'measured';
  return (
    <span className="chip grade" data-measured={measured || undefined}>
      {measured ? '~' : ''}
      {Math.round(grade.value)}
      <LevelBars level={grade.level} />
    </span>
  );
}

const STAR = 'M5 .5 6.3 3.5l3.2.35-2.4 2.15.7 3.2L5 7.6 2.2 9.2l.7-3.2L.5 3.85l3.2-.35Z';

/** One small star, filled. */
export function Star({ size = 10 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 10 10" aria-hidden="true" fill="currentColor">
      <path d={STAR} />
    </svg>
  );
}

/** Stars as given; on a small tile their number and one star. */
export function StarsChip({ stars, compact = false }: { stars: number; compact?: boolean }) {
  if (compact) {
    return (
      <span className="chip">
        {stars}
        <Star />
      </span>
    );
  }
  return (
    <span className="chip stars">
      {['one', 'two', 'three', 'four', 'five'].slice(0, stars).map((name) => (
        <Star key={name} />
      ))}
    </span>
  );
}
