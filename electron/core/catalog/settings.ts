/** Settings of the person. */
import { type Settings, settingsSchema } from '../../../shared/settings.ts';
import { type Catalog, query } from './open.ts';

function remember(catalog: Catalog, name: string, value: unknown): void {
  query(
    catalog,
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  ).run(name, JSON.stringify(value));
}

/** Each group of settings and each setting is read by itself: an unreadable one takes its default, the others stay. */
export function readSettings(catalog: Catalog): Settings {
  const text = query<string>(catalog, "SELECT value FROM setting WHERE name = 'settings'").pluck().get();
  return mendSettings(text);
}

export function mendSettings(text: string | undefined): Settings {
  const defaults = settingsSchema.parse({});
  let stored: unknown;
  try {
    stored = JSON.parse(text ?? '{}');
  } catch {
    return defaults;
  }
  const isRecord = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord(stored)) return defaults;
  let settings = defaults;
  const keepIfValid = (candidate: unknown) => {
    const parsed = settingsSchema.safeParse(candidate);
    if (parsed.success) settings = parsed.data;
  };
  for (const [name, value] of Object.entries(stored)) {
    const current: unknown = settings[name as keyof Settings];
    if (name !== 'keys' && isRecord(value) && isRecord(current)) {
      for (const [inner, innerValue] of Object.entries(value)) {
        keepIfValid({ ...settings, [name]: { ...(settings[name as keyof Settings] as object), [inner]: innerValue } });
      }
    } else keepIfValid({ ...settings, [name]: value });
  }
  return settings;
}

export function writeSettings(catalog: Catalog, settings: Settings): void {
  remember(catalog, 'settings', settings);
}
