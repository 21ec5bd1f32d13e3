import { pad, slice } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { hadamardTransform } from '@nibble-ml/fake-quant';
import type { HadamardSize } from '../layer-precision.ts';

/** Which transform, along which axis, with which random signs. */
export interface PaddedHadamardOptions {
  readonly size: HadamardSize;
  readonly axis: 0 | 1;
  /** Seed of random signs; without it there are none. */
  readonly seed?: number;
}

/**
 * `hadamardTransform` of a matrix whose axis is filled up with zeros to a multiple of the size, which changes no product
 * along that axis.
 */
export function paddedHadamard(x: Tensor2D, { size, axis, seed }: PaddedHadamardOptions): Tensor2D {
  const rest = x.shape[axis] % size;
  const added = rest === 0 ? 0 : size - rest;
  const filled =
    added === 0
      ? x
      : pad(
          x,
          axis === 0
            ? [
                [0, added],
                [0, 0],
              ]
            : [
                [0, 0],
                [0, added],
              ],
        );
  return hadamardTransform(filled, { size, axis, ...(seed === undefined ? {} : { seed }) });
}

/** The gradient of {@link paddedHadamard} along rows, by an input of `cols` columns. */
export function paddedHadamardGradient(dy: Tensor2D, size: HadamardSize, cols: number): Tensor2D {
  const whole = hadamardTransform(dy, { size, axis: 1, inverse: true });
  return whole.shape[1] === cols ? whole : slice(whole, [0, 0], [whole.shape[0], cols]);
}
