import { tensor2d } from '@tensorflow/tfjs-core';
import { bitsOf, expectNoLeaks, readFloats, readInts } from '@nibble-ml/testing';
import { fp4Dequantize } from '../src/fp4-dequantize/fp4-dequantize.ts';
import { dequantizeReference } from '../src/fp4-dequantize/reference.ts';
import { disposeFp4, isBlockScaled } from '../src/fp4-tensor.ts';
import { fp4Quantize } from '../src/fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../src/fp4-quantize/options.ts';
import { quantizeLayout } from '../src/fp4-quantize/quantize-layout.ts';
import { quantizeReference } from '../src/fp4-quantize/reference.ts';
import { storedArrays } from '../src/fp4-quantize/stored-arrays.ts';

/** An `Fp4Tensor`, read back; floats as bits. */
export interface QuantizedBits {
  readonly words: Int32Array;
  readonly scales: readonly number[];
  readonly tensorScale: readonly number[];
  readonly values: Uint32Array;
}

/** Quantizes a matrix on the current backend and reads back all it is made of, and the decoded values; all as bits. */
export async function quantizeBits(
  x: Float32Array,
  rows: number,
  cols: number,
  options: Fp4QuantizeOptions,
): Promise<QuantizedBits> {
  return expectNoLeaks(async () => {
    const xRC = tensor2d(x, [rows, cols]);
    const q = fp4Quantize(xRC, options);
    const tensorScale = isBlockScaled(q) ? q.tensorScale : null;
    const bits = {
      words: (await readInts(q.codes)).slice(),
      scales: [
        ...(q.scales.dtype === 'int32' ? await readInts(q.scales) : bitsOf(await readFloats(q.scales))),
      ],
      tensorScale: tensorScale === null ? [] : [...bitsOf(await readFloats(tensorScale))],
    };
    const decoded = fp4Dequantize(q);
    const values = bitsOf((await readFloats(decoded)).slice());
    decoded.dispose();
    disposeFp4(q);
    xRC.dispose();
    return { ...bits, values };
  });
}

/** What {@link quantizeBits} must give, by the reference. */
export function expectedBits(
  x: Float32Array,
  rows: number,
  cols: number,
  options: Fp4QuantizeOptions,
): QuantizedBits {
  const { granularity = 'vector', scale = 'exact', rounding = 'nearestEven', seed = 0 } = options;
  const attrs = { granularity, scale, rounding, seed, cols };
  const arrays = quantizeReference(x, rows, cols, granularity, options);
  const stored = storedArrays(arrays, rows, quantizeLayout(rows, cols, attrs));
  return {
    words: stored.words,
    scales: [...(stored.scales instanceof Int32Array ? stored.scales : bitsOf(stored.scales))],
    tensorScale: stored.tensorScale === undefined ? [] : [...bitsOf(stored.tensorScale)],
    values: bitsOf(dequantizeReference(arrays.words, arrays.scales, rows, cols, granularity)),
  };
}
