import { UsageError, type Verb } from './verb.ts';

const restore: Verb = {
  usage: 'restore --last [--data <dir>] [--json]',
  about: 'Brings the photos that were moved to the trash last back to where they were, with everything known of them.',
  options: { last: { type: 'boolean', help: 'what was moved last' } },
  words: { least: 0, most: 0 },
  async run(call) {
    if (!call.flag('last')) throw new UsageError('Say which: --last.');
    const report = await call.withCore({}, (core) => core.originals.trashCan.restoreLast());
    await call.print(report, () => [
      ...report.files,
      ...report.failed.map(({ path, reason }) => `${path}: ${reason}`),
      `${report.photos} photos are back.`,
    ]);
  },
};
export default restore;
