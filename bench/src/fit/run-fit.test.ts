import { describe, expect, it } from 'vitest';
import { fitChecks, runFit } from './run-fit.ts';

describe('runFit', () => {
  it('measures every task in wall and CPU time', async () => {
    const rows = await runFit({ rounds: 1, quick: true }, () => {});
    expect(rows.map(({ op, shape }) => [op, ...shape])).toEqual([
      ['fit.grid', 240, 36],
      ['fit.grid', 240, 48],
      ['fit.bootstrap', 240, 200],
    ]);
    for (const { msMedian, cpuMsMedian } of rows) {
      expect(msMedian).toBeGreaterThan(0);
      expect(cpuMsMedian).toBeGreaterThan(0);
    }
    const checks = fitChecks(rows);
    expect(checks['fit.bootstrapSeconds']!.value).toBe(rows[2]!.msMedian / 1000);
    expect(checks['fit.gridCpuSeconds']!.value).toBe(
      Math.max(rows[0]!.cpuMsMedian!, rows[1]!.cpuMsMedian!) / 1000,
    );
  });
});
