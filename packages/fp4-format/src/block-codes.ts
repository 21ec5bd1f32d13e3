import { sharedDecodeTable } from './decode.ts';
import { E2M1, E4M3, E8M0 } from './formats.ts';
import type { QuantizedMatrix } from './scale-blocks.ts';

/** E2M1 in blocks of 32 with E8M0 scales (OCP MX), or in blocks of 16 with E4M3 scales and a float32 (NVFP4). */
export type BlockKind = 'mxfp4' | 'nvfp4';

/** Elements of a block. */
export const BLOCK_ELEMENTS: Readonly<Record<BlockKind, number>> = { mxfp4: 32, nvfp4: 16 };

/** The largest scale code that is a number. */
export const MAX_SCALE_CODE: Readonly<Record<BlockKind, number>> = {
  mxfp4: E8M0.maxCode,
  nvfp4: E4M3.maxCode,
};

/**
 * Checks that a matrix is of a kind and returns its scale codes.
 *
 * @throws TypeError if format or scales are of another kind; RangeError if the blocks are of another size.
 */
export function scaleCodesOf(caller: string, kind: BlockKind, matrix: QuantizedMatrix): Uint8Array {
  const { format, granularity, scaleCodes, tensorScale } = matrix;
  if (format !== E2M1) throw new TypeError(`${caller}: format must be e2m1, but got ${format.name}`);
  const block = typeof granularity === 'object' ? granularity.block : granularity;
  const elements = BLOCK_ELEMENTS[kind];
  if (block !== elements) {
    throw new RangeError(
      `${caller}: granularity must be { block: ${elements} }, but got ${JSON.stringify(granularity)}`,
    );
  }
  const actual = scaleCodes === undefined ? 'float32' : tensorScale === undefined ? 'E8M0' : 'E4M3';
  const [wanted, option] = kind === 'mxfp4' ? ['E8M0', "'e8m0Floor' or 'e8m0Ceil'"] : ['E4M3', "'e4m3'"];
  if (scaleCodes === undefined || actual !== wanted) {
    throw new TypeError(
      `${caller}: scales must be ${wanted}, but got ${actual}; quantize with scale ${option}`,
    );
  }
  return scaleCodes;
}

/**
 * Checks that scale codes read or to be written are numbers.
 *
 * @throws RangeError that names the first that is not.
 */
export function checkScaleCodes(caller: string, scaleCodes: Uint8Array, maxScaleCode: number): void {
  const index = scaleCodes.findIndex((code) => code > maxScaleCode);
  if (index >= 0) {
    throw new RangeError(
      `${caller}: scale codes must be at most ${maxScaleCode}, but scale ${index} has code ${scaleCodes[index]}`,
    );
  }
}

/**
 * Checks a tensor scale and returns it as float32.
 *
 * @throws RangeError when it is negative or no finite float32
 */
export function tensorScaleOf(caller: string, tensorScale: number): number {
  if (!(tensorScale >= 0 && Number.isFinite(Math.fround(tensorScale)))) {
    throw new RangeError(
      `${caller}: tensorScale must be a finite non-negative float32, but got ${tensorScale}`,
    );
  }
  return Math.fround(tensorScale);
}

/** What the codes say: 2^(code - 127) for `'mxfp4'`, float32(value · tensorScale) for `'nvfp4'`. */
export function decodeScales(kind: BlockKind, scaleCodes: Uint8Array, tensorScale: number): Float32Array {
  const table = sharedDecodeTable(kind === 'mxfp4' ? E8M0 : E4M3);
  return Float32Array.from(scaleCodes, (code) => table[code]! * tensorScale);
}
