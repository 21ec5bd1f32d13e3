import type { ScalingRecord } from './scaling-record.ts';

/** Runs that differ in nothing but the seed. Recipes of one precision may be told apart by a column of that name. */
function repeatedRuns(records: readonly ScalingRecord[]): ScalingRecord[][] {
  const cells = new Map<string, ScalingRecord[]>();
  for (const record of records) {
    const key = `${record.N}/${record.D}/${record.G}/${record.precision}/${record.columns?.['recipe']}`;
    const cell = cells.get(key) ?? [];
    cell.push(record);
    cells.set(key, cell);
  }
  return [...cells.values()];
}

/**
 * One record for each set of repeated runs, that is of equal N, D, G, precision and column `recipe`: the mean loss in nats
 * per token, weighted by `weight`, with the sum of the weights and without a seed. Other columns are dropped.
 */
export function averageSeeds(records: readonly ScalingRecord[]): ScalingRecord[] {
  return repeatedRuns(records).map(meanRun);
}

function meanRun(runs: readonly ScalingRecord[]): ScalingRecord {
  const [{ N, D, G, precision, columns }] = runs as [ScalingRecord];
  const recipe = columns?.['recipe'];
  const weight = runs.reduce((sum, run) => sum + (run.weight ?? 1), 0);
  const loss = runs.reduce((sum, run) => sum + (run.weight ?? 1) * run.loss, 0) / weight;
  return {
    N,
    D,
    ...(G === undefined ? {} : { G }),
    precision,
    loss,
    weight,
    ...(recipe === undefined ? {} : { columns: { recipe } }),
  };
}

/** How much the loss varies between seeds, pooled over all repeated runs. */
export interface SeedSpread {
  /** Standard deviation of the logarithm of the loss. */
  readonly logStandardDeviation: number;
  /** Sum over all repeated runs of their number less 1; at least 1. */
  readonly degreesOfFreedom: number;
}

/** The spread of repeated runs, the noise that no law can explain, unweighted; `null` where no run is repeated. */
export function seedSpread(records: readonly ScalingRecord[]): SeedSpread | null {
  let squares = 0;
  let degreesOfFreedom = 0;
  for (const runs of repeatedRuns(records)) {
    const logs = runs.map(({ loss }) => Math.log(loss));
    const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
    squares += logs.reduce((sum, log) => sum + (log - mean) ** 2, 0);
    degreesOfFreedom += logs.length - 1;
  }
  if (degreesOfFreedom === 0) return null;
  return { logStandardDeviation: Math.sqrt(squares / degreesOfFreedom), degreesOfFreedom };
}
