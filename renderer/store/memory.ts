/** Small things the page remembers from one visit to the next: the place, panel widths. Marks are never kept here. */

export interface Memory {
  /** What was remembered under the name, over the fallback's keys; the fallback when nothing readable is there. */
  recall<T extends object>(name: string, fallback: T): T;
  remember(name: string, value: object): void;
}

const PREFIX = 'keeplight.';

/** @param storage asked for at each use: where it is forbidden already asking for it fails */
export function createMemory(storage: () => Pick<Storage, 'getItem' | 'setItem'>): Memory {
  return {
    recall(name, fallback) {
      try {
        const text = storage().getItem(PREFIX + name);
        const value: unknown = text === null ? null : JSON.parse(text);
        return value !== null && typeof value === 'object' ? { ...fallback, ...value } : fallback;
      } catch {
        return fallback;
      }
    },
    remember(name, value) {
      try {
        storage().setItem(PREFIX + name, JSON.stringify(value));
      } catch {
        // A full or forbidden storage costs the memory, nothing else.
      }
    },
  };
}
