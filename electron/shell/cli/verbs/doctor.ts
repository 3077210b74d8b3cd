import { CoreError, type Mending } from '../../../core/base/core-error.ts';
import type { Finding } from '../../../core/base/records.ts';
import { mendCatalog } from '../../../core/catalog/mend.ts';
import { findShell } from './findings.ts';
import { UsageError, type Verb, type VerbCall } from './verb.ts';

const SIGNS = { works: '+', limited: '~', missing: '-' } as const;

const doctor: Verb = {
  usage: 'doctor [--restore newest|<file> | --salvage | --fresh] [--data <dir>] [--json]',
  about:
    'Says what works on this machine, and how to mend what does not. A catalog that does not open is replaced by a ' +
    'backup, by what can still be read of it, or by a new one; the old file is set aside.',
  options: {
    restore: { type: 'string', value: 'file', help: 'take this backup; newest: the newest that is whole' },
    salvage: { type: 'boolean', help: 'save what can still be read of a damaged catalog' },
    fresh: { type: 'boolean', help: 'begin a new library' },
  },
  words: { least: 0, most: 0 },
  async run(call) {
    const mending = mendingOf(call);
    if (mending) {
      const text = mendCatalog(call.dataDirectory, mending);
      await call.print({ mended: mending.kind, text }, () => [text]);
      return;
    }
    const shell = await findShell();
    const core = await findCore(() =>
      call.withCore({ readOnly: true }, (opened) => opened.doctor({ signal: call.signal })),
    );
    const findings = [...shell, ...core.filter(({ name }) => !shell.some((known) => known.name === name))];
    await call.print(findings, () =>
      findings.flatMap(({ name, state, text, remedy }) => [
        `${SIGNS[state]} ${name}: ${text}`,
        ...(remedy ? [`    ${remedy}`] : []),
      ]),
    );
  },
};
export default doctor;

function mendingOf(call: VerbCall): Mending | null {
  const file = call.text('restore');
  if (file === '') throw new UsageError('--restore needs the name of a backup, or newest.');
  const chosen: Mending[] = [];
  if (file !== undefined) chosen.push({ kind: 'restore', file });
  if (call.flag('salvage')) chosen.push({ kind: 'salvage' });
  if (call.flag('fresh')) chosen.push({ kind: 'fresh' });
  if (chosen.length > 1) throw new UsageError('Choose one of --restore, --salvage and --fresh.');
  return chosen[0] ?? null;
}

/** A library that cannot be opened is a finding too. */
async function findCore(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return [{ name: 'Library', state: 'missing', text: error.message, remedy: null }];
  }
}
