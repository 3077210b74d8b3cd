import { CoreError } from '../../../core/base/core-error.ts';
import type { Finding } from '../../../core/base/records.ts';
import { findShell } from './findings.ts';
import type { Verb } from './verb.ts';

const SIGNS = { works: '+', limited: '~', missing: '-' } as const;

const doctor: Verb = {
  usage: 'doctor [--data <dir>] [--json]',
  about: 'Says what works on this machine, and how to mend what does not.',
  options: {},
  words: { least: 0, most: 0 },
  async run(call) {
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

/** A library that cannot be opened is a finding too. */
async function findCore(look: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof CoreError)) throw error;
    return [{ name: 'Library', state: 'missing', text: error.message, remedy: null }];
  }
}
