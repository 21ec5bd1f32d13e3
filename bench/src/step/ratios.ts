import type { BenchBackend, BenchRow } from '../report.ts';

/** Ratio and recipe. */
const contests: readonly (readonly [name: string, recipe: string])[] = [
  ['fp4', 'fp4-paper'],
  ['fp4Int8', 'fp4-paper-int8'],
  ['f32', 'f32'],
];

/** The smallest ratio over the widths of the fastest peer's f32 step to ours, as `wasm.step.fp4`. */
export function stepRatios(backend: BenchBackend, rows: readonly BenchRow[]): Record<string, number> {
  const ratios: Record<string, number> = {};
  for (const [name, recipe] of contests) {
    const each = rows
      .filter((row) => row.backend === backend && row.op === 'step' && row.variant === recipe)
      .flatMap(({ ratio }) => ratio ?? []);
    if (each.length > 0) ratios[`${backend}.step.${name}`] = Math.min(...each);
  }
  return ratios;
}
