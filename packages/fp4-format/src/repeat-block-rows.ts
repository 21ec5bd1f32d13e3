import type { Quantized } from './quantize.ts';
import { scaleLayout } from './granularity.ts';

/**
 * Returns a matrix in tiles of several rows, `{ block: [r, c] }`, as the same matrix in blocks along its rows, `{
 * block: c }`: each row of tiles has its scales (and clip factors) repeated r times. Codes, values and bits stay what
 * they are. Layouts that know blocks of a row alone, as GGUF's and those of tensor cores, so hold tiles too.
 *
 * A matrix whose blocks are along rows already comes back as it is.
 *
 * @throws TypeError if the matrix has no blocks.
 */
export function repeatBlockRows(quantized: Quantized): Quantized {
  const { rows, cols, granularity, scales, scaleCodes, clipFactors } = quantized;
  if (typeof granularity === 'string') {
    throw new TypeError(`repeatBlockRows: granularity must be blocks, but got "${granularity}"`);
  }
  const { blockRows, blockCols, scaleCols } = scaleLayout(rows, cols, granularity);
  if (typeof granularity.block === 'number') return quantized;
  const repeated = (index: number): number =>
    Math.floor(Math.floor(index / scaleCols) / blockRows) * scaleCols + (index % scaleCols);
  const count = rows * scaleCols;
  const floats = (values: Float32Array): Float32Array =>
    Float32Array.from({ length: count }, (_, i) => values[repeated(i)]!);
  return {
    ...quantized,
    granularity: { block: blockCols },
    scales: floats(scales),
    ...(clipFactors === undefined ? {} : { clipFactors: floats(clipFactors) }),
    ...(scaleCodes === undefined
      ? {}
      : { scaleCodes: Uint8Array.from({ length: count }, (_, i) => scaleCodes[repeated(i)]!) }),
  };
}
