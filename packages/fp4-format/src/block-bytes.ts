import {
  BLOCK_ELEMENTS,
  checkScaleCodes,
  decodeScales,
  MAX_SCALE_CODE,
  scaleCodesOf,
} from './block-codes.ts';
import type { BlockKind } from './block-codes.ts';
import { E2M1 } from './formats.ts';
import { packBytes, unpackBytes } from './pack-bytes.ts';
import { packCodes, unpackCodes } from './pack.ts';
import type { Quantized } from './quantize.ts';
import { checkCount, checkMatrix } from './shape.ts';

/** A block-scaled matrix as the bytes that other systems keep in two arrays. */
export interface BlockBytes {
  /** Codes two to a byte, low nibble first, `[rows, ceil(cols / 2)]`: `float4_e2m1fn_x2`. */
  readonly elements: Uint8Array;
  /** Scale codes `[rows, ceil(cols / block)]`, a byte each. */
  readonly scales: Uint8Array;
}

/** The bytes of a matrix of a kind. */
export function packBlockBytes(caller: string, kind: BlockKind, quantized: Quantized): BlockBytes {
  const { words, ...matrix } = quantized;
  const { rows, cols } = matrix;
  const scaleCodes = scaleCodesOf(caller, kind, matrix);
  checkMatrix(caller, 'scaleCodes', scaleCodes.length, rows, blocksOf(kind, cols));
  checkScaleCodes(caller, scaleCodes, MAX_SCALE_CODE[kind]);
  return { elements: packBytes(unpackCodes(words, rows, cols), rows, cols), scales: scaleCodes.slice() };
}

/** The matrix of such bytes; for `'nvfp4'` the caller adds `tensorScale`. */
export function unpackBlockBytes(
  caller: string,
  kind: BlockKind,
  { elements, scales }: BlockBytes,
  rows: number,
  cols: number,
  tensorScale: number,
): Quantized {
  checkCount(caller, 'rows', rows);
  checkCount(caller, 'cols', cols);
  checkMatrix(caller, 'elements', elements.length, rows, Math.ceil(cols / 2));
  checkMatrix(caller, 'scales', scales.length, rows, blocksOf(kind, cols));
  checkScaleCodes(caller, scales, MAX_SCALE_CODE[kind]);
  return {
    rows,
    cols,
    format: E2M1,
    granularity: { block: BLOCK_ELEMENTS[kind] },
    scales: decodeScales(kind, scales, tensorScale),
    scaleCodes: scales.slice(),
    words: packCodes(unpackBytes(elements, rows, cols), rows, cols),
  };
}

function blocksOf(kind: BlockKind, cols: number): number {
  return Math.ceil(cols / BLOCK_ELEMENTS[kind]);
}
