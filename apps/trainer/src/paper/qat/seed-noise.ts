import type { QatCell } from './error-cells.ts';
import { covariance } from '../stats/sample-moments.ts';

/**
 * The standard deviation of a quantization error between seeds, nats per token: pooled over recipes and over sizes and
 * token budgets with several seeds. Null where there are none.
 */
export function seedNoise(cells: readonly QatCell[]): number | null {
  const bySite = new Map<string, number[]>();
  for (const { N, D, errors } of cells) {
    for (const [recipe, error] of errors) {
      const site = `${N}/${D}/${recipe}`;
      bySite.set(site, [...(bySite.get(site) ?? []), error]);
    }
  }
  let squares = 0;
  let degrees = 0;
  for (const values of bySite.values()) {
    if (values.length < 2) continue;
    squares += covariance(values, values) * (values.length - 1);
    degrees += values.length - 1;
  }
  return degrees === 0 ? null : Math.sqrt(squares / degrees);
}
