import type { Tensor } from '@tensorflow/tfjs-core';
import { scaleWordsPerRow } from './fp4-scales/block-scales.ts';
import { isBlockScaled } from './fp4-tensor.ts';
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
export function checkFp4(caller: string, name: string, tensor: Fp4Tensor): void {
  const { rows, cols, codes, scales, granularity } = tensor;
  const words = Math.ceil(cols / 8);
  if (codes.shape[0] !== rows || codes.shape[1] !== words) {
    throw new RangeError(
      `${caller}: ${name}.codes must have shape [${rows}, ${words}], but got [${codes.shape.join(', ')}]`,
    );
  }
  let count = granularity === 'vector' ? rows : 1;
  if (isBlockScaled(tensor)) {
    checkBlock(caller, tensor.granularity.block);
    const blocks = Math.ceil(cols / tensor.granularity.block);
    count = rows * scaleWordsPerRow(tensor.scaleFormat, blocks);
    if ((tensor.tensorScale !== null) !== (tensor.scaleFormat === 'e4m3')) {
      throw new RangeError(
        `${caller}: ${name}.tensorScale must be given with the scale format e4m3 and only then, but got ` +
          `${tensor.tensorScale === null ? 'none' : 'one'} with ${tensor.scaleFormat}`,
      );
    }
  }
  if (scales.size !== count) {
    throw new RangeError(`${caller}: ${name}.scales must have ${count} values, but got ${scales.size}`);
  }
}

/** Checks the columns of a block; throws a RangeError. */
export function checkBlock(caller: string, block: number): void {
  if (!Number.isSafeInteger(block) || block < 8 || block % 8 !== 0) {
    throw new RangeError(
      `${caller}: a block must have a multiple of 8 columns, 16 or 32 for example, but got ${block}`,
    );
  }
}

/** Checks a seed of random bits; throws a RangeError. */
export function checkSeed(caller: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`${caller}: seed must be an integer from 0 to 2^32 - 1, but got ${seed}`);
  }
}
