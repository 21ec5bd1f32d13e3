import type { ContestantProcess } from '../contest/contestant-process.ts';
import { runContest } from '../contest/run-contest.ts';
import type { Effort } from '../contest/run-contest.ts';
import type { BenchBackend, BenchRow } from '../report.ts';

/** Measures how fast the adapter multiplies and adds: rows `peak.f32` and `peak.dot4I8` on webgpu, none on wasm. */
export async function runPeak(
  backend: BenchBackend,
  contestants: readonly ContestantProcess[],
  effort: Effort,
): Promise<BenchRow[]> {
  const nibble = contestants.filter(({ impl }) => impl === 'nibble');
  const standings = await runContest(nibble, { kind: 'peak' }, effort, checkPeak);
  return standings.map(({ impl, variant, times, operations }) => ({
    backend,
    op: `peak.${variant}`,
    shape: [],
    impl,
    variant: 'registers',
    exact: true,
    msMin: times.min,
    msMedian: times.median,
    msMax: times.max,
    gflops: operations! / times.median / 1e6,
  }));
}

/**
 * Adds to the matrix products of Nibble the percentage of the adapter's peak: for FP4 the faster of `peak.f32` and
 * `peak.dot4I8`, as its products may use either; for float32 `peak.f32`. Rows come back as they are where no peak is.
 */
export function withPercentOfPeak(rows: readonly BenchRow[], peaks: readonly BenchRow[]): BenchRow[] {
  const peakOf = (ops: readonly string[]): number =>
    Math.max(...peaks.filter(({ op }) => ops.includes(op)).map(({ gflops }) => gflops!));
  return rows.map((row) => {
    if (peaks.length === 0 || row.impl !== 'nibble' || row.gflops === undefined) return row;
    const peak = peakOf(row.variant === 'f32' ? ['peak.f32'] : ['peak.f32', 'peak.dot4I8']);
    return { ...row, percentOfPeak: (100 * row.gflops) / peak };
  });
}

function checkPeak(_: string, variant: string, values: Float32Array): void {
  const half = values.length / 2;
  const wrong = values.subarray(0, half).findIndex((value, i) => value !== values[half + i]);
  if (wrong >= 0) {
    throw new Error(
      `bench: thread ${wrong} of peak.${variant} must write ${values[half + wrong]}, but wrote ${values[wrong]}`,
    );
  }
}
