/** A reporter of vitest: leaves the totals, and why tests were skipped, where `npm test` reads them. */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';

export type TestTotals = {
  passed: number;
  failed: number;
  skipped: number;
  /** One entry a file and reason. */
  reasons: { file: string; reason: string; count: number }[];
};

export default class TotalsReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const totals: TestTotals = { passed: 0, failed: unhandled.length, skipped: 0, reasons: [] };
    for (const module of modules) {
      let tests = 0;
      const skipped = new Map<string, number>();
      for (const test of module.children.allTests()) {
        tests += 1;
        const result = test.result();
        if (result.state === 'passed') totals.passed += 1;
        else if (result.state === 'failed') totals.failed += 1;
        else {
          totals.skipped += 1;
          const note = result.state === 'skipped' ? result.note : undefined;
          const reason = note ?? (test.parent.type === 'suite' ? test.parent.fullName : test.name);
          skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
        }
      }
      // A file that could not be loaded, or whose set-up failed, is a failure even without a test.
      const broken = module.errors().length > 0 || (module.state() === 'failed' && tests === 0);
      if (broken) totals.failed += 1;
      const file = relative(process.cwd(), module.moduleId);
      for (const [reason, count] of skipped) totals.reasons.push({ file, reason, count });
    }
    const path = process.env.KEEPLIGHT_TEST_TOTALS;
    if (path) writeFileSync(path, JSON.stringify(totals));
  }
}
