import type { BenchCheck, BenchRow } from '../report.ts';

/**
 * What a training step may ask of the GPU, the largest over our recipes and the widths:
 *
 * - `webgpu.step.dispatches`: dispatches over those of stock tfjs at the same width, at most a fifth;
 * - `webgpu.step.readbacks`: buffers read by the CPU, at most one, the loss;
 * - `webgpu.step.dispatchesAfterReadback`: none, so that the loss is read at the end and no work waits for it.
 *
 * None without steps on webgpu.
 */
export function stepCountChecks(rows: readonly BenchRow[]): Record<string, BenchCheck> {
  const counted = rows.filter(({ op, dispatches }) => op === 'step' && dispatches !== undefined);
  const ours = counted.filter(({ impl }) => impl === 'nibble');
  if (ours.length === 0) return {};
  const stock = ({ shape }: BenchRow): number =>
    counted.find((row) => row.impl === 'tfjs' && row.shape.join() === shape.join())?.dispatches ?? NaN;
  const largest = (of: (row: BenchRow) => number): number => Math.max(...ours.map(of));
  return {
    'webgpu.step.dispatches': { value: largest((row) => row.dispatches! / stock(row)), atMost: 0.2 },
    'webgpu.step.readbacks': { value: largest((row) => row.readbacks ?? NaN), atMost: 1 },
    'webgpu.step.dispatchesAfterReadback': {
      value: largest((row) => row.dispatchesAfterReadback ?? NaN),
      atMost: 0,
    },
  };
}

/** What outlier handling and the gradient estimator may cost together: the `occDge` of `ratios`, at most 1.25. */
export function stepTimeChecks(ratios: Readonly<Record<string, number>>): Record<string, BenchCheck> {
  const costs = Object.entries(ratios).filter(([name]) => name.endsWith('.step.occDge'));
  return Object.fromEntries(costs.map(([name, value]) => [name, { value, atMost: 1.25 }]));
}
