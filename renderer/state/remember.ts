/** Small things the page remembers from one visit to the next: the place, panel widths. Marks are never kept here. */

const PREFIX = 'keeplight.';

/** What was remembered under the name, over the fallback's keys; the fallback when nothing readable is there. */
export function recall<T extends object>(name: string, fallback: T): T {
  try {
    const text = localStorage.getItem(PREFIX + name);
    const value: unknown = text === null ? null : JSON.parse(text);
    return value !== null && typeof value === 'object' ? { ...fallback, ...value } : fallback;
  } catch {
    return fallback;
  }
}

export function remember(name: string, value: object): void {
  try {
    localStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // A full or forbidden storage costs the memory, nothing else.
  }
}
