import { describe, expect, it } from 'vitest';
import { addTallies, formatTally, tallyReport } from './vitest-report.ts';

function file(status: string, ...tests: string[]) {
  return { status, assertionResults: tests.map((test) => ({ status: test })) };
}

describe('tallyReport', () => {
  it('counts tests by outcome', () => {
    const testResults = [
      file('passed', 'passed', 'passed', 'skipped', 'todo'),
      file('failed', 'passed', 'failed'),
    ];
    expect(tallyReport({ success: false, testResults })).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });
  it('counts a file that failed to load, or in a hook, as one failed test', () => {
    const testResults = [file('failed'), file('failed', 'skipped', 'skipped')];
    expect(tallyReport({ success: false, testResults })).toEqual({ passed: 0, failed: 2, skipped: 2 });
  });
  it('never reports a failed run without a failure', () => {
    expect(tallyReport({ success: false, testResults: [file('passed', 'passed')] }).failed).toBe(1);
  });
});

describe('formatTally', () => {
  it('is the closing line', () => {
    const sum = addTallies({ passed: 1, failed: 0, skipped: 2 }, { passed: 10, failed: 1, skipped: 0 });
    expect(formatTally(sum)).toBe('11 passed, 1 failed, 2 skipped');
  });
});
