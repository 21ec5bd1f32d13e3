import { randomBits, type QuantizeOptions } from '@nibble-ml/fp4-format';

/** A matrix to quantize and how. */
export interface QuantizeCase {
  /** As a row's `variant`. */
  readonly variant: string;
  readonly options: QuantizeOptions;
}

/** `[rows, cols]` of a weight of a small model. */
export const quantizeShape: readonly [number, number] = [1024, 1024];

/** A small one, for a look and for tests. */
export const quickQuantizeShape: readonly [number, number] = [64, 128];

/** E2M1 as each system scales it. Random bits are drawn before anything is timed. */
export function quantizeCases(count: number): QuantizeCase[] {
  return [
    { variant: 'vector e2m1', options: {} },
    { variant: 'block 32 e8m0', options: { granularity: { block: 32 }, scale: 'e8m0Floor' } },
    { variant: 'nvfp4', options: { granularity: { block: 16 }, scale: 'e4m3' } },
    {
      variant: 'vector e2m1 stochastic',
      options: { rounding: 'stochastic', randomBits: randomBits(count, 1) },
    },
  ];
}

/** Values of either sign, smaller ones more often, like those of weights; the same in every run. */
export function quantizeInput(count: number): Float32Array {
  return Float32Array.from(randomBits(count, 0), (word) => (word / 2 ** 31 - 1) ** 3);
}
