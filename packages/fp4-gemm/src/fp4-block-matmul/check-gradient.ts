import type { GradientFormat } from '../gradient/options.ts';

/** Checks the format of the gradient of a product with a block-scaled operand; throws a TypeError. */
export function checkBlockGradient(caller: string, gradient: GradientFormat): void {
  if (gradient !== 'f32') {
    throw new TypeError(
      `${caller}: gradient must be 'f32' with an operand that is scaled by blocks, but got '${gradient}'; ` +
        `scale by vector or tensor for the others`,
    );
  }
}
