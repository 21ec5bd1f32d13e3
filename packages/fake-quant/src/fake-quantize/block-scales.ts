import { blockAmax, MIN_AMAX, scalesFor } from '@nibble-ml/fp4-format';
import type { ScaleKind } from '@nibble-ml/fp4-format';
import type { BlockLayout } from './block-layout.ts';
import { ELEMENT_FORMATS } from './element-formats.ts';
import { foldLines } from './fold-lines.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { questScale, questSquare } from './quest-scale.ts';

/** The smallest normal float32: a scale below it counts as 0, since GPUs may flush it. */
const MIN_SCALE = 2 ** -126;

/**
 * Returns the scale of each block, one float32 each: 0 where the block counts as zero, NaN where it holds a NaN or
 * infinity, or its clip factor makes it one. With `'e4m3'` a NaN or infinity makes all scales NaN, since the maximum of the
 * tensor enters every scale.
 *
 * @param clip - Clip factors, one or `layout.clipCount`.
 */
export function blockScales(
  x: Float32Array,
  rows: number,
  cols: number,
  layout: BlockLayout,
  attrs: FakeQuantizeAttrs,
  clip: Float32Array | undefined,
): Float32Array {
  const { amaxes, firstNonFinite } = blockAmax(x, rows, cols, layout);
  if (attrs.scale === 'e4m3' && firstNonFinite >= 0) return amaxes.fill(NaN);
  const isBad = firstNonFinite < 0 ? undefined : nonFiniteBlocks(x, cols, layout);
  const clipped =
    clip === undefined
      ? amaxes
      : amaxes.map((amax, block) => amax * clip[clip.length === 1 ? 0 : clipIndex(layout, block)]!);
  const scales =
    attrs.scale === 'quest'
      ? questScales(x, rows, cols, layout)
      : scalesOfMaxima(amaxes, clipped, attrs.scale, attrs);
  const isNan = clipped.map((amax, block) => (isBad?.[block] === 1 || !(amax < Infinity) ? 1 : 0));
  return scales.map((scale, block) => (isNan[block] === 1 ? NaN : withHeadroom(scale, attrs.headroom)));
}

/** Which clip factor belongs to a block. */
export function clipIndex({ scaleCols, clipsDown }: BlockLayout, block: number): number {
  return clipsDown ? Math.floor(block / scaleCols) : block % scaleCols;
}

/** Rows and columns of a block, which at the edges may be smaller, and where it begins. */
export function blockBounds(
  { blockRows, blockCols, scaleCols }: BlockLayout,
  block: number,
  rows: number,
  cols: number,
): { firstRow: number; firstCol: number; blockRows: number; blockCols: number } {
  const firstRow = Math.floor(block / scaleCols) * blockRows;
  const firstCol = (block % scaleCols) * blockCols;
  return {
    firstRow,
    firstCol,
    blockRows: Math.min(blockRows, rows - firstRow),
    blockCols: Math.min(blockCols, cols - firstCol),
  };
}

function scalesOfMaxima(
  amaxes: Float32Array,
  clipped: Float32Array,
  kind: ScaleKind,
  { format }: FakeQuantizeAttrs,
): Float32Array {
  // NaN and infinity are dealt with by the caller, negative products count as zero.
  const maxima = clipped.map((amax) => (amax >= MIN_AMAX && amax < Infinity ? amax : 0));
  const amaxTensor = amaxes.reduce((a, b) => Math.max(a, b), 0);
  // A clip factor above 1 could otherwise leave blocks that are not zero in a tensor that is.
  if (kind === 'e4m3' && amaxTensor < MIN_AMAX) return maxima.fill(0);
  const { scales } = scalesFor(ELEMENT_FORMATS[format], maxima, kind, amaxTensor);
  return scales.map((scale, block) => (maxima[block] === 0 ? 0 : scale));
}

function questScales(x: Float32Array, rows: number, cols: number, layout: BlockLayout): Float32Array {
  return Float32Array.from({ length: layout.scaleRows * layout.scaleCols }, (_, block) => {
    const { firstRow, firstCol, blockRows, blockCols } = blockBounds(layout, block, rows, cols);
    const first = firstRow * cols + firstCol;
    const sum = foldLines(blockRows, blockCols, layout.blockCols === 1, (row, col) =>
      questSquare(x[first + row * cols + col]!),
    );
    return questScale(sum, blockRows * blockCols);
  });
}

function withHeadroom(scale: number, headroom: number): number {
  const product = Math.fround(scale * headroom);
  return product < MIN_SCALE ? 0 : product;
}

function nonFiniteBlocks(x: Float32Array, cols: number, layout: BlockLayout): Uint8Array {
  const isBad = new Uint8Array(layout.scaleRows * layout.scaleCols);
  x.forEach((value, i) => {
    if (Number.isFinite(value)) return;
    const scaleRow = Math.floor(Math.floor(i / cols) / layout.blockRows);
    isBad[scaleRow * layout.scaleCols + Math.floor((i % cols) / layout.blockCols)] = 1;
  });
  return isBad;
}
