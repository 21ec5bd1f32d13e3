import type { BenchBackend, BenchRow } from '../report.ts';
import { stepVariants } from './variants.ts';

/** Ratio and variant. */
const contests: readonly (readonly [name: string, variant: string])[] = [
  ['fp4', stepVariants.paperF32],
  ['fp4Int8', stepVariants.paperInt8],
  ['f32', stepVariants.f32],
];

/**
 * The smallest ratio over the widths of the fastest peer's f32 step to ours, as `wasm.step.fp4`, and of our own f32
 * step to `fp4-paper` with f32 gradients, as `wasm.step.fp4OverOwnF32`; and the largest of `fp4-paper` to `fp4-direct`,
 * as `wasm.step.occDge`.
 */
export function stepRatios(backend: BenchBackend, rows: readonly BenchRow[]): Record<string, number> {
  const steps = rows.filter((row) => row.backend === backend && row.op === 'step');
  const ratios: Record<string, number> = {};
  const add = (name: string, each: readonly number[], choose: (...values: number[]) => number): void => {
    if (each.length > 0) ratios[`${backend}.step.${name}`] = choose(...each);
  };
  for (const [name, variant] of contests) {
    const each = steps.filter((row) => row.variant === variant).flatMap(({ ratio }) => ratio ?? []);
    add(name, each, Math.min);
  }
  add(
    'fp4OverOwnF32',
    steps.flatMap(({ overOwnF32 }) => overOwnF32 ?? []),
    Math.min,
  );
  add(
    'occDge',
    steps.flatMap(({ overDirect }) => overDirect ?? []),
    Math.max,
  );
  return ratios;
}
