import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { normalFloats } from '@nibble-ml/testing';

/** A matrix of normal values that depend on the seed. */
export function someMatrix(rows: number, columns: number, seed: number): Tensor2D {
  return tensor2d(normalFloats(rows * columns, seed), [rows, columns]);
}
