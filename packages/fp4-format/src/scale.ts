import { sharedDecodeTable } from './decode.ts';
import type { ElementFormat } from './element-format.ts';
import { createEncoder, encodeValue } from './encode.ts';
import { ceilLog2, floorLog2, powerOfTwo } from './float-bits.ts';
import { E4M3, E8M0 } from './formats.ts';

/**
 * How the scale of a block follows from its largest magnitude `amax`, with `t` the value that amax should map to
 * (6 for E2M1, 8 for INT4). The scale multiplies on decode.
 *
 * - `'exact'`: the float32 nearest to amax / t (arXiv 2501.17116, equation 1).
 * - `'powerOfTwo'`: 2^ceil(log2(amax / t)), the inverse of MS-AMP's encode factor 2^floor(log2(t / amax)). Nothing
 *   saturates but the positive maximum of two's complement.
 * - `'e8m0Floor'`: 2^(floor(log2(amax)) - emax), stored in E8M0 (OCP MX v1.0 section 6.3: MXFP4). The top saturates:
 *   with E2M1 amax maps to [4, 8).
 * - `'e8m0Ceil'`: as `'powerOfTwo'`, stored in E8M0 (the rounding-up that NVIDIA uses for MXFP formats).
 * - `'e4m3'`: E4M3 times one float32 per tensor (NVFP4): tensorScale = amaxTensor / (t · 448), block code =
 *   nearest even E4M3 of amax / (t · tensorScale), scale = float32 product of the two (arXiv 2509.25149).
 */
export type ScaleKind = 'exact' | 'powerOfTwo' | 'e8m0Floor' | 'e8m0Ceil' | 'e4m3';

/**
 * Below this amax a block counts as zero: every code has magnitude 0 and keeps its sign, and the scale is 0 (2^-127 in
 * E8M0, which has no zero). So no float32 subnormal takes part, and GPUs that flush them give the same bits.
 */
export const MIN_AMAX: number = 2 ** -100;

/** The scales of one tensor. */
export interface Scales {
  /** What multiplies on decode, one float32 per block: `[scaleRows, scaleCols]` of `scaleLayout`, row-major. */
  readonly scales: Float32Array;
  /** For the 8-bit scale kinds: the stored E8M0 or E4M3 codes, one per block, in the same order. */
  readonly scaleCodes?: Uint8Array;
  /** For `'e4m3'`: the float32 factor that all blocks share. */
  readonly tensorScale?: number;
}

/**
 * Returns the scale of one block for the kinds that need to know nothing but the block.
 *
 * @param amax - A non-negative finite float32.
 */
export function scaleFor(format: ElementFormat, amax: number, kind: Exclude<ScaleKind, 'e4m3'>): number {
  const isE8m0 = kind === 'e8m0Floor' || kind === 'e8m0Ceil';
  if (amax < MIN_AMAX) return isE8m0 ? E8M0.min : 0;
  if (kind === 'exact') return exactScale(amax, format.scaleTarget);
  const exponent =
    kind === 'e8m0Floor' ? floorLog2(amax) - format.maxExponent : ceilLog2(amax / format.scaleTarget);
  return powerOfTwo(exponent);
}

/**
 * Returns the scales of a tensor from the largest finite magnitude of each block.
 *
 * @param amaxes - One non-negative finite float32 per block.
 * @param amaxTensor - For `'e4m3'`: the float32 that the tensor scale follows from, at least the largest of `amaxes`,
 *   which is the default.
 * @throws TypeError if the kind is unknown; RangeError if, with `'e4m3'`, an amax is not finite, or `amaxTensor` is below
 *   `MIN_AMAX` and an amax is not.
 */
export function scalesFor(
  format: ElementFormat,
  amaxes: Float32Array,
  kind: ScaleKind,
  amaxTensor: number = maxOf(amaxes),
): Scales {
  switch (kind) {
    case 'exact':
    case 'powerOfTwo':
      return { scales: amaxes.map((amax) => scaleFor(format, amax, kind)) };
    case 'e8m0Floor':
    case 'e8m0Ceil': {
      const scales = amaxes.map((amax) => scaleFor(format, amax, kind));
      return { scales, scaleCodes: e8m0Codes(scales) };
    }
    case 'e4m3':
      return twoLevelScales(format, amaxes, amaxTensor);
    default:
      throw new TypeError(
        `scalesFor: scale must be exact, powerOfTwo, e8m0Floor, e8m0Ceil or e4m3, but got ${String(kind)}`,
      );
  }
}

/** Returns the largest of non-negative values, or 0 of none. */
export function maxOf(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/** float64 quotient, then float32: rounding twice is innocuous, since 53 >= 2 · 24 + 2 (Figueroa 1995). */
function exactScale(amax: number, target: number): number {
  return Math.fround(amax / target);
}

/** Returns the codes of powers of two from 2^-127 to 2^127: their exponents, biased. */
function e8m0Codes(scales: Float32Array): Uint8Array {
  const codes = new Uint8Array(scales.length);
  for (let block = 0; block < codes.length; block++) codes[block] = floorLog2(scales[block]!) + E8M0.bias;
  return codes;
}

/** NVFP4: "Pretraining Large Language Models with NVFP4" (arXiv 2509.25149), appendix B. */
function twoLevelScales(format: ElementFormat, amaxes: Float32Array, amaxTensor: number): Scales {
  const tensorScale = amaxTensor < MIN_AMAX ? 0 : exactScale(amaxTensor, format.scaleTarget * E4M3.max);
  const encoder = createEncoder('scalesFor', E4M3, {});
  const unit = format.scaleTarget * tensorScale;
  const table = sharedDecodeTable(E4M3);
  const scaleCodes = new Uint8Array(amaxes.length);
  const scales = new Float32Array(amaxes.length);
  for (let block = 0; block < amaxes.length; block++) {
    const amax = amaxes[block]!;
    const code =
      amax < MIN_AMAX
        ? 0
        : encodeValue(
            E4M3,
            amax / unit,
            false,
            encoder,
            0,
            (must) => `scalesFor: amaxes must ${must}, but amaxes[${block}] is ${amax}`,
          );
    scaleCodes[block] = code;
    scales[block] = table[code]! * tensorScale;
  }
  return { scales, scaleCodes, tensorScale };
}
