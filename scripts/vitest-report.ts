/** Tests by outcome. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** What is read of the report that vitest's `json` reporter writes. */
export interface VitestReport {
  readonly success: boolean;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * Counts the tests of a vitest report. A file that failed outside its tests (while it was loaded, or in a hook) counts
 * as one failed test, and so does a run that failed outside its files.
 */
export function tallyReport({ success, testResults }: VitestReport): Tally {
  let [passed, failed, skipped] = [0, 0, 0];
  for (const { status, assertionResults } of testResults) {
    const failedInFile = assertionResults.filter((test) => test.status === 'failed').length;
    const passedInFile = assertionResults.filter((test) => test.status === 'passed').length;
    passed += passedInFile;
    skipped += assertionResults.length - passedInFile - failedInFile;
    failed += status === 'failed' ? Math.max(1, failedInFile) : failedInFile;
  }
  return { passed, failed: success ? failed : Math.max(1, failed), skipped };
}

/** The closing line of a test run. */
export function formatTally({ passed, failed, skipped }: Tally): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** The sum of two tallies. */
export function addTallies(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}
