import type { Section } from '../../../shared/contract.ts';
import { LEVEL_FLOORS, LEVELS, type Level } from '../../../shared/grade.ts';
import { photosText } from '../../../shared/photo.ts';

/** What stands beside a section's name: its count, and for a level the grades it holds. */
export function headerNote(section: Section): string {
  const photos = photosText(section.count);
  const level = LEVELS.find((name) => name === section.key || name === section.label.toLowerCase());
  return level === undefined ? photos : `${photos}, ${rangeOf(level)}`;
}

function rangeOf(level: Level): string {
  const at = LEVELS.indexOf(level);
  const floor = LEVEL_FLOORS[level];
  if (at === 0) return `${floor} and above`;
  return floor === 0 ? `below ${LEVEL_FLOORS[LEVELS[at - 1]!]}` : `${floor} to ${LEVEL_FLOORS[LEVELS[at - 1]!] - 1}`;
}
