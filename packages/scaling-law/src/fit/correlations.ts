import { domains } from '../laws/parameter.ts';
import { regularizedInverse } from '../statistics/cholesky.ts';
import type { HuberObjective } from './huber-objective.ts';

/** Beyond it exponentials leave the range of numbers. */
const LARGEST_FREE = 700;

/**
 * Correlation of the parameters' estimates in the coordinates of the fit: of the bootstrap refits, or, without any,
 * of the Gauss–Newton covariance.
 */
export function correlationsOf(
  objective: HuberObjective,
  theta: Float64Array,
  replicates: readonly (readonly number[])[],
): number[][] {
  const covariance =
    replicates.length > 1
      ? sampleCovariance(objective, replicates)
      : regularizedInverse(objective.gaussNewton(theta, true), objective.size, 1e-12);
  const { size } = objective;
  return Array.from({ length: size }, (_, p) =>
    Array.from({ length: size }, (__, q) => {
      if (p === q) return 1;
      const scale = Math.sqrt(covariance[p * size + p]! * covariance[q * size + q]!);
      return scale > 0 ? covariance[p * size + q]! / scale : 0;
    }),
  );
}

function sampleCovariance(
  objective: HuberObjective,
  replicates: readonly (readonly number[])[],
): Float64Array {
  const { size } = objective;
  const spaces = objective.law.parameters.map(({ domain }) => domains[domain]);
  // A coefficient that vanished has the logarithm of zero.
  const free = replicates.map((row) =>
    row.map((value, p) => Math.max(-LARGEST_FREE, Math.min(LARGEST_FREE, spaces[p]!.toFree(value)))),
  );
  const means = spaces.map((_, p) => free.reduce((sum, row) => sum + row[p]!, 0) / free.length);
  const covariance = new Float64Array(size * size);
  for (const row of free) {
    for (let p = 0; p < size; p++) {
      for (let q = 0; q < size; q++) {
        covariance[p * size + q]! += ((row[p]! - means[p]!) * (row[q]! - means[q]!)) / (free.length - 1);
      }
    }
  }
  return covariance;
}
