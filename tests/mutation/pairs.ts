/** The default table of the mutation pass: files of the core and the models, and the quick tests that should notice. */

export interface Pair {
  /** From the root of the repository. */
  readonly source: string;
  readonly tests: readonly string[];
  /** Tests that need more than some seconds: only half of the mutants are drawn. */
  readonly slow?: true;
}

const VIEWS = 'tests/core/views.test.ts';
const HISTORY = 'tests/core/history.test.ts';
const CAPTURE_TIME = 'tests/library/capture-time.test.ts';
const XML = 'tests/library/xml.test.ts';
const SIDECAR = 'tests/library/sidecar.test.ts';
const CRITIC = 'tests/measure/critic.test.ts';

/** Quick ones first. tests/measure/tables.test.ts pins numbers and would kill all it pins, so it doesn't count. */
export const PAIRS: readonly Pair[] = [
  { source: 'electron/core/critics/citations.ts', tests: ['tests/critic/citations.test.ts'] },
  { source: 'electron/core/critics/comparison.ts', tests: ['tests/critic/verdict.test.ts'] },
  { source: 'electron/core/files/companions.ts', tests: ['tests/library/pair.test.ts', SIDECAR] },
  { source: 'electron/core/formats/stamp.ts', tests: [CAPTURE_TIME] },
  { source: 'electron/core/formats/file-name-dates.ts', tests: [CAPTURE_TIME] },
  { source: 'electron/core/formats/capture-time.ts', tests: [CAPTURE_TIME] },
  { source: 'electron/core/formats/xmp.ts', tests: [XML, SIDECAR] },
  { source: 'electron/core/formats/xml.ts', tests: [XML] },
  { source: 'electron/core/formats/png-text.ts', tests: ['tests/library/packets.test.ts'] },
  { source: 'electron/core/pixels/tone-map.ts', tests: ['tests/library/hdr.test.ts'] },
  { source: 'electron/core/culling/kinds/brackets.ts', tests: ['tests/cull/moments.test.ts'] },
  { source: 'electron/core/culling/best.ts', tests: ['tests/cull/moments.test.ts'] },
  { source: 'shared/query-columns.ts', tests: ['tests/core/query-columns.test.ts'] },
  { source: 'shared/filter-text.ts', tests: ['tests/core/filter-text.test.ts'] },
  { source: 'models/evaluate/statistics.ts', tests: ['tests/evaluate/statistics.test.ts'] },
  { source: 'models/runtime/level-scores.ts', tests: ['tests/evaluate/level-scores.test.ts'] },
  { source: 'electron/core/catalog/order.ts', tests: [VIEWS], slow: true },
  { source: 'electron/core/catalog/head.ts', tests: ['tests/core/head.test.ts'], slow: true },
  { source: 'electron/core/catalog/sort.ts', tests: [VIEWS], slow: true },
  { source: 'electron/core/history/steps.ts', tests: [HISTORY, 'tests/core/marks.test.ts'], slow: true },
  { source: 'electron/core/history/kinds/album-photos.ts', tests: [HISTORY], slow: true },
  { source: 'electron/core/history/kinds/album.ts', tests: [HISTORY], slow: true },
  { source: 'electron/core/history/kinds/marks.ts', tests: [HISTORY], slow: true },
  { source: 'electron/core/history/kinds/packed-ids.ts', tests: [HISTORY], slow: true },
  { source: 'electron/core/history/kinds/root.ts', tests: [HISTORY], slow: true },
  { source: 'models/measured/faults.ts', tests: [CRITIC], slow: true },
  { source: 'models/measured/merits.ts', tests: [CRITIC], slow: true },
  { source: 'models/measured/critic.ts', tests: [CRITIC], slow: true },
];
