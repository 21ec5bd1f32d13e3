import {
  chinchilla,
  chinchillaConstants,
  fitLaw,
  fitLawInWorkers,
  gridPoints,
  qat,
  qatDeltaConstants,
  simulateRecords,
} from '@nibble-ml/scaling-law';
import type { FitResult, ScalingLaw, ScalingRecord } from '@nibble-ml/scaling-law';
import { nodeFitWorker } from '@nibble-ml/scaling-law/node';
import type { BenchCheck, BenchRow } from '../report.ts';
import { summarize } from '../statistics.ts';

const { epoch, qat: base } = chinchillaConstants;

/** 240 runs, as many as Besiroglu et al. fitted (arXiv 2404.10102), with 0.3 % noise. */
const chinchillaRuns = simulateRecords(
  gridPoints(
    [5e7, 1e8, 2e8, 3e8, 5e8, 7e8, 1e9, 2e9, 5e9, 1e10, 1.3e10, 1.6e10],
    Array.from({ length: 20 }, (_, i) => 5e8 * 1000 ** (i / 19)),
  ),
  { base: epoch, noise: 0.003, seed: 1 },
);

/** The design of arXiv 2505.14302 with its high-precision twins, at two and a half times its tokens: 240 runs. */
const qatRuns = simulateRecords(
  gridPoints(
    [7.4e7, 1.45e8, 2.97e8, 5.95e8],
    Array.from({ length: 10 }, (_, i) => 1e10 * 20 ** (i / 9)),
    [undefined, 32, 64, 128, 256, 1536],
  ),
  { base, delta: qatDeltaConstants.w4a4, noise: 0.0005, seed: 1 },
);

interface Task {
  readonly op: string;
  readonly variant: string;
  readonly shape: readonly number[];
  readonly run: () => FitResult | Promise<FitResult>;
}

function gridTask(law: ScalingLaw, records: readonly ScalingRecord[]): Task {
  const run = (): FitResult => fitLaw(law, records, { resamples: 0 });
  return { op: 'fit.grid', variant: law.name, shape: [records.length, run().starts.count], run };
}

function bootstrapTask(workers: number, resamples: number): Task {
  return {
    op: 'fit.bootstrap',
    variant: `chinchilla, ${workers} workers`,
    shape: [chinchillaRuns.length, resamples],
    run: () =>
      fitLawInWorkers(chinchilla, chinchillaRuns, { resamples, workers, createWorker: nodeFitWorker }),
  };
}

/**
 * Times a fit from the full grid of starts in one thread, and with thousands of bootstrap refits in two. `cpuMsMedian` is
 * the time that all threads of the process computed: on a machine that is shared, it says what wall time cannot.
 */
export async function runFit(
  { rounds, quick }: { readonly rounds: number; readonly quick: boolean },
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const tasks = [
    gridTask(chinchilla, chinchillaRuns),
    gridTask(qat, qatRuns),
    bootstrapTask(2, quick ? 200 : 4000),
  ];
  const rows: BenchRow[] = [];
  for (const { op, variant, shape, run } of tasks) {
    const wall: number[] = [];
    const cpu: number[] = [];
    for (let round = 0; round < rounds; round++) {
      progress(`cpu ${op} ${variant}: round ${round + 1} of ${rounds}`);
      const [startedAt, usedBefore] = [performance.now(), process.cpuUsage()];
      await run();
      wall.push(performance.now() - startedAt);
      const { user, system } = process.cpuUsage(usedBefore);
      cpu.push((user + system) / 1000);
    }
    const { min, median, max } = summarize(wall);
    rows.push({
      backend: 'cpu',
      op,
      shape,
      impl: 'nibble',
      variant,
      exact: false,
      msMin: min,
      msMedian: median,
      msMax: max,
      cpuMsMedian: summarize(cpu).median,
    });
  }
  return rows;
}

/** What is promised: a fit of 240 runs in half a second on a core, and 4,000 refits in ten seconds on two. */
export function fitChecks(rows: readonly BenchRow[]): Readonly<Record<string, BenchCheck>> {
  const most = (op: string, timeOf: (row: BenchRow) => number): number =>
    Math.max(...rows.filter((row) => row.op === op).map(timeOf)) / 1000;
  return {
    'fit.gridCpuSeconds': { value: most('fit.grid', (row) => row.cpuMsMedian!), atMost: 0.5 },
    'fit.bootstrapSeconds': { value: most('fit.bootstrap', (row) => row.msMedian), atMost: 10 },
  };
}
