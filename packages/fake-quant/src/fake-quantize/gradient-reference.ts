import { blockLayout } from './block-layout.ts';
import { blockBounds, blockScales, clipIndex } from './block-scales.ts';
import { isScaled } from './element-formats.ts';
import { foldLines } from './fold-lines.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { fakeQuantizeReference } from './reference.ts';
import { saturationOf } from './saturation.ts';

/** Gradients with respect to the inputs of `FakeQuantize`. */
export interface FakeQuantizeGradients {
  /** float32 `[rows, cols]`. */
  readonly dx: Float32Array;
  /** One for each clip factor; without factors there is none. */
  readonly dclip?: Float32Array;
}

/** A clip factor below it gets the gradient 0: its quotient could overflow. */
const MIN_CLIP = 2 ** -100;

/**
 * The definition of `FakeQuantizeGradient`. Straight through (arXiv 1308.3432) for values inside the format, as
 * `saturationOf` has it, and 0 for those that saturate: dx = dy or 0.
 *
 * With y = q · scale, scale = clip · amax / M and amax constant, the gradient of a clip factor is the sum over its blocks
 * of dy · (q - x / scale) · amax / M inside and of dy · q · amax / M where it saturates, that is of dy · (y - x) / clip and
 * dy · y / clip. Float32, in the order of `foldLines`; blocks are added row by row; the sum is divided at the end.
 *
 * A block with NaN scale gives NaN for dx and for its factor.
 */
export function fakeQuantizeGradientReference(
  dy: Float32Array,
  x: Float32Array,
  rows: number,
  cols: number,
  attrs: FakeQuantizeAttrs,
  clip?: Float32Array,
): FakeQuantizeGradients {
  const y = fakeQuantizeReference(x, rows, cols, attrs, clip);
  const layout = blockLayout(attrs, rows, cols);
  const scales = isScaled(attrs.format) ? blockScales(x, rows, cols, layout, attrs, clip) : undefined;
  const [below, above] = [saturationOf(attrs, true), saturationOf(attrs, false)];
  const isInside = (i: number, scale: number): boolean => {
    const { bound, inclusive } = x[i]! < 0 ? below : above;
    const magnitude = Math.abs(x[i]!);
    // Exact in float64. A block of zeros saturates nowhere.
    return scale === 0 || magnitude < bound * scale || (inclusive && magnitude === bound * scale);
  };
  const dx = new Float32Array(x.length);
  const sums = new Float32Array(clip?.length ?? 0);
  for (let block = 0; block < layout.scaleRows * layout.scaleCols; block++) {
    const { firstRow, firstCol, blockRows, blockCols } = blockBounds(layout, block, rows, cols);
    const scale = scales?.[block] ?? 1;
    const total = foldLines(blockRows, blockCols, layout.blockCols === 1, (row, col) => {
      const i = (firstRow + row) * cols + firstCol + col;
      const inside = isInside(i, scale);
      dx[i] = Number.isNaN(y[i]) ? NaN : inside ? dy[i]! : 0;
      return Math.fround(dy[i]! * (inside ? Math.fround(y[i]! - x[i]!) : y[i]!));
    });
    if (clip !== undefined) sums[clip.length === 1 ? 0 : clipIndex(layout, block)]! += total;
  }
  if (clip === undefined) return { dx };
  return { dx, dclip: sums.map((sum, k) => (clip[k]! < MIN_CLIP ? 0 : sum / clip[k]!)) };
}
