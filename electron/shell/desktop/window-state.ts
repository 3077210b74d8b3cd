/** Where the window was: kept in one small file, believed only when it still fits a screen. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface WindowState {
  bounds: Rectangle | null;
  maximized: boolean;
}

export const MINIMUM = { width: 720, height: 480 };
/** So much of the title bar must be reachable. */
const GRIP = { width: 120, height: 40 };

const isRectangle = (value: unknown): value is Rectangle =>
  typeof value === 'object' &&
  value !== null &&
  ['x', 'y', 'width', 'height'].every((key) => Number.isFinite((value as Record<string, unknown>)[key]));

/** @param screens work areas of the screens that are there now. */
export function readWindowState(path: string, screens: readonly Rectangle[]): WindowState {
  try {
    const state: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (typeof state !== 'object' || state === null) return { bounds: null, maximized: false };
    const { bounds, maximized } = state as { bounds?: unknown; maximized?: unknown };
    return {
      bounds: isRectangle(bounds) && fits(bounds, screens) ? bounds : null,
      maximized: maximized === true,
    };
  } catch {
    return { bounds: null, maximized: false };
  }
}

/** True when the window is large enough and its upper edge can be grabbed on one of the screens. */
export function fits(bounds: Rectangle, screens: readonly Rectangle[]): boolean {
  if (bounds.width < MINIMUM.width || bounds.height < MINIMUM.height) return false;
  return screens.some((screen) => {
    const seen = Math.min(bounds.x + bounds.width, screen.x + screen.width) - Math.max(bounds.x, screen.x);
    return (
      seen >= GRIP.width && bounds.y >= screen.y - GRIP.height && bounds.y <= screen.y + screen.height - GRIP.height
    );
  });
}

/** Losing it costs nothing, so failing to write is no failure. */
export function writeWindowState(path: string, state: WindowState): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.new`, JSON.stringify(state));
    renameSync(`${path}.new`, path);
  } catch {}
}
