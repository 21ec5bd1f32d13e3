import { disposeFp4 } from '@nibble-ml/fp4-gemm';
import { bitsOf, expectNoLeaks, normalFloats, readFloats, readInts } from '@nibble-ml/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { disposeCompressedRows } from '../src/compressed-rows.ts';
import { occQuantizeTensor } from '../src/occ-quantize-tensor/occ-quantize-tensor.ts';
import type { OccQuantizeTensorOptions } from '../src/occ-quantize-tensor/occ-quantize-tensor.ts';
import { occQuantizeTensorReference } from '../src/occ-quantize-tensor/reference.ts';
import type { OccTensorArrays } from '../src/occ-quantize-tensor/reference.ts';
import { tensorThresholdsReference } from '../src/tensor-thresholds/reference.ts';
import { planThresholds } from '../src/tensor-thresholds/threshold-plan.ts';

/** Runs the op and reads all its outputs. */
export async function runTensor(
  x: Float32Array,
  rows: number,
  cols: number,
  options: OccQuantizeTensorOptions,
): Promise<OccTensorArrays> {
  return expectNoLeaks(async () => {
    const xMK = tensor2d(x, [rows, cols]);
    const { quantized, residual } = occQuantizeTensor(xMK, options);
    const arrays = {
      words: (await readInts(quantized.codes)).slice(),
      scales: (await readFloats(quantized.scales)).slice(),
      starts: residual === null ? new Int32Array(0) : (await readInts(residual.starts)).slice(),
      columns: residual === null ? new Int32Array(0) : (await readInts(residual.columns)).slice(),
      values: residual === null ? new Float32Array(0) : (await readFloats(residual.values)).slice(),
    };
    xMK.dispose();
    disposeFp4(quantized);
    if (residual !== null) disposeCompressedRows(residual);
    return arrays;
  });
}

/** Checks the bits of all outputs. */
export function expectSameBits(actual: OccTensorArrays, expected: OccTensorArrays): void {
  expect(actual.words).toEqual(expected.words);
  expect(bitsOf(actual.scales)).toEqual(bitsOf(expected.scales));
  expect(actual.starts).toEqual(expected.starts);
  expect(actual.columns).toEqual(expected.columns);
  expect(bitsOf(actual.values)).toEqual(bitsOf(expected.values));
}

function referenceOf(
  x: Float32Array,
  rows: number,
  cols: number,
  { alpha, granularity = 'vector', sample, compensation }: OccQuantizeTensorOptions,
): OccTensorArrays {
  const plan = planThresholds(alpha, x.length, sample);
  const thresholds = tensorThresholdsReference(x, plan);
  return occQuantizeTensorReference(x, thresholds, rows, cols, {
    granularity,
    capacity: plan.capacity,
    isE4m3: compensation === 'e4m3',
  });
}

/** Runs the op and checks the bits of all outputs. */
export async function expectReferenceBits(
  x: Float32Array,
  rows: number,
  cols: number,
  options: OccQuantizeTensorOptions,
): Promise<OccTensorArrays> {
  const arrays = await runTensor(x, rows, cols, options);
  expectSameBits(arrays, referenceOf(x, rows, cols, options));
  return arrays;
}

/** Values with heavy tails, and one token whose values are 30 times as large, as activations have. */
export function activations(rows: number, cols: number, seed: number): Float32Array {
  return normalFloats(rows * cols, seed).map((value, i) => {
    const isMassive = Math.floor(i / cols) === rows >> 1;
    return isMassive ? 30 * value : i % 37 === 0 ? 8 * value : value;
  });
}
