import { fakeQuantizeWithScales, randomBits, roundArray } from '@nibble-ml/fp4-format';
import { blockLayout, storedGranularity } from './block-layout.ts';
import { blockScales } from './block-scales.ts';
import { ELEMENT_FORMATS, isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs } from './options.ts';

/**
 * The definition of `FakeQuantize`: float32(element · scale), the element being the one nearest to the exact quotient
 * x / scale, ties to even, or rounded stochastically, as `fakeQuantize` of `@nibble-ml/fp4-format` has it, and saturated.
 *
 * A GPU cannot throw on data, so NaN or infinity is not an error here: all elements of its block become NaN (of the tensor
 * with scale `'e4m3'`, of itself in a format without scales), with the bits 0x7fc00000.
 *
 * @param clip - Clip factors, one or one for each block along the axis.
 */
export function fakeQuantizeReference(
  x: Float32Array,
  rows: number,
  cols: number,
  attrs: FakeQuantizeAttrs,
  clip?: Float32Array,
): Float32Array {
  const format = ELEMENT_FORMATS[attrs.format];
  const rounding =
    attrs.rounding === 'stochastic'
      ? ({ rounding: 'stochastic', randomBits: randomBits(x.length, attrs.seed) } as const)
      : {};
  if (!isScaled(attrs.format)) {
    const y = roundArray(format, x.map(finiteOrZero), rounding);
    return y.map((value, i) => (Number.isFinite(x[i]) ? value : NaN));
  }
  const layout = blockLayout(attrs, rows, cols);
  const scales = blockScales(x, rows, cols, layout, attrs, clip);
  const options = { format, granularity: storedGranularity(attrs, rows), ...rounding };
  if (!scales.some(Number.isNaN)) return fakeQuantizeWithScales(x, rows, cols, scales, options);
  const y = fakeQuantizeWithScales(x.map(finiteOrZero), rows, cols, scales.map(finiteOrZero), options);
  return y.map((value, i) => {
    const block =
      Math.floor(Math.floor(i / cols) / layout.blockRows) * layout.scaleCols +
      Math.floor((i % cols) / layout.blockCols);
    return Number.isNaN(scales[block]) ? NaN : value;
  });
}

function finiteOrZero(value: number): number {
  return Number.isFinite(value) ? value : 0;
}
