import type { Tensor } from '@tensorflow/tfjs-core';
import type { Fp4Tensor } from './fp4-tensor.ts';

/** Checks that `tensor` is a float32 matrix; throws a TypeError or RangeError that names it. */
export function checkFloatMatrix(caller: string, name: string, tensor: Tensor): void {
  if (tensor.dtype !== 'float32') {
    throw new TypeError(`${caller}: ${name} must be float32, but got ${tensor.dtype}; cast it first`);
  }
  if (tensor.rank !== 2) {
    throw new RangeError(
      `${caller}: ${name} must have 2 dimensions, but got shape [${tensor.shape.join(', ')}]; reshape it first`,
    );
  }
}

/** Checks that two dimensions that are summed over agree; throws a RangeError that names both. */
export function checkSameSize(
  caller: string,
  left: string,
  leftSize: number,
  right: string,
  rightSize: number,
): void {
  if (leftSize !== rightSize) {
    throw new RangeError(`${caller}: ${left} and ${right} must agree, but got ${leftSize} and ${rightSize}`);
  }
}

/** Checks that the parts of an {@link Fp4Tensor} fit together; throws a RangeError that names the part. */
export function checkFp4(
  caller: string,
  name: string,
  { rows, cols, codes, scales, granularity }: Fp4Tensor,
): void {
  const words = Math.ceil(cols / 8);
  if (codes.shape[0] !== rows || codes.shape[1] !== words) {
    throw new RangeError(
      `${caller}: ${name}.codes must have shape [${rows}, ${words}], but got [${codes.shape.join(', ')}]`,
    );
  }
  const count = granularity === 'vector' ? rows : 1;
  if (scales.size !== count) {
    throw new RangeError(`${caller}: ${name}.scales must have ${count} values, but got ${scales.size}`);
  }
}
