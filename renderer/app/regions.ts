/** The parts of the frame that F6 goes round, as they stand on the page. */

const ORDER = ['toolbar', 'sidebar', 'photos', 'inspector', 'status'];

const FOCUSABLE =
  'button:not(:disabled):not([tabindex="-1"]), a[href], input:not(:disabled), select, textarea, [tabindex="0"]';

/** Puts the keyboard into the next open part of the frame, or the one before. */
export function focusRegion(by: 1 | -1): void {
  const parts = ORDER.flatMap((name) => document.querySelector<HTMLElement>(`[data-region="${name}"]`) ?? []);
  const now = parts.findIndex((part) => part.contains(document.activeElement));
  for (let step = 1; step <= parts.length; step++) {
    const part = parts[(now + by * step + parts.length * 2) % parts.length];
    const target = part?.querySelector<HTMLElement>('[data-photos]') ?? part?.querySelector<HTMLElement>(FOCUSABLE);
    if (target == null) continue;
    target.focus();
    return;
  }
}

/** Gives the keyboard back to the photos. */
export function focusPhotos(): void {
  document.querySelector<HTMLElement>('[data-photos]')?.focus({ preventScroll: true });
}

/** Puts the keyboard into the search field of the sidebar. @returns whether it is there */
export function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('[data-search]');
  field?.focus();
  field?.select();
  return field !== null;
}
