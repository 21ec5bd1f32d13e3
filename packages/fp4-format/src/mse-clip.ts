import { clipAmaxes } from './clip.ts';
import { sharedDecodeTable } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import type { ScaleLayout } from './granularity.ts';
import { MIN_AMAX, scalesFor, type ScaleKind } from './scale.ts';

/** The search tries the factors 1, 1 - 1/32, …, 1/32. */
const MSE_CLIP_STEPS = 32;

/**
 * Returns for each block the clip factor with the smallest sum of squared errors of its finite elements, rounded to
 * nearest even; of equals the largest. Sums are float64 in row-major order, so the choice is deterministic.
 *
 * @param x - Values `[rows, cols]`.
 * @param amaxes - The largest finite magnitude of each block.
 * @param amaxTensor - The largest of them.
 */
export function mseClipFactors(
  x: Float32Array,
  rows: number,
  cols: number,
  layout: ScaleLayout,
  amaxes: Float32Array,
  format: ElementFormat,
  kind: ScaleKind,
  amaxTensor: number,
): Float32Array {
  const best = new Float32Array(amaxes.length).fill(1);
  const bestErrors = new Float64Array(amaxes.length).fill(Infinity);
  const triedScales = new Float32Array(amaxes.length).fill(-1);
  const measure = createErrorMeter(format);
  for (let step = MSE_CLIP_STEPS; step >= 1; step--) {
    const factor = step / MSE_CLIP_STEPS;
    const clipped = clipAmaxes(amaxes, new Float32Array(amaxes.length).fill(factor));
    const { scales } = scalesFor(format, clipped, kind, amaxTensor);
    for (let block = 0; block < amaxes.length; block++) {
      // Neighbouring factors often share a coarse scale; the largest of them stands for all.
      if (scales[block] === triedScales[block]) continue;
      triedScales[block] = scales[block]!;
      const scale = clipped[block]! < MIN_AMAX ? 0 : scales[block]!;
      const error = blockError(x, rows, cols, layout, block, measure(scale));
      if (error < bestErrors[block]!) {
        bestErrors[block] = error;
        best[block] = factor;
      }
    }
  }
  return best;
}

function blockError(
  x: Float32Array,
  rows: number,
  cols: number,
  { blockRows, blockCols, scaleCols }: ScaleLayout,
  block: number,
  squaredError: (value: number) => number,
): number {
  const firstRow = Math.floor(block / scaleCols) * blockRows;
  const firstCol = (block % scaleCols) * blockCols;
  const endRow = Math.min(firstRow + blockRows, rows);
  const endCol = Math.min(firstCol + blockCols, cols);
  let sum = 0;
  for (let row = firstRow; row < endRow; row++) {
    for (let i = row * cols + firstCol; i < row * cols + endCol; i++) sum += squaredError(x[i]!);
  }
  return sum;
}

/** Returns what makes, for a scale, the function from a value to its squared quantization error. */
function createErrorMeter(format: ElementFormat): (scale: number) => (value: number) => number {
  const table = sharedDecodeTable(format);
  // Two's complement reaches one further on the negative side; elsewhere both sides have the same magnitudes.
  const levels = format.maxCode + (format.encoding === 'integer' ? 2 : 1);
  const magnitudes = Float64Array.from({ length: levels }, (_, code) => Math.abs(table[code]!));
  const midpoints = new Float64Array(levels - 1);
  const decoded = new Float32Array(levels);
  return (scale) => {
    for (let code = 0; code < levels; code++) {
      decoded[code] = magnitudes[code]! * scale;
      // Exact: a float32 times a midpoint of at most 5 significant bits.
      if (code > 0)
        midpoints[code - 1] =
          scale === 0 ? Infinity : ((magnitudes[code - 1]! + magnitudes[code]!) / 2) * scale;
    }
    return (value) => {
      if (!Number.isFinite(value)) return 0;
      const magnitude = Math.abs(value);
      let low = 0;
      let high = value < 0 ? levels - 1 : format.maxCode;
      while (low < high) {
        const middle = (low + high) >>> 1;
        const midpoint = midpoints[middle]!;
        if (magnitude > midpoint || (magnitude === midpoint && middle % 2 === 1)) low = middle + 1;
        else high = middle;
      }
      return (magnitude - decoded[low]!) ** 2;
    };
  };
}
