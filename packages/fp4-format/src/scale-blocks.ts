import { blockAmax } from './amax.ts';
import { clipAmaxes, clipFactorsFor, type Clip } from './clip.ts';
import type { ElementFormat } from './element-format.ts';
import { createEncoder, type Encoder } from './encode.ts';
import { E2M1 } from './formats.ts';
import { scaleLayout, type Granularity, type ScaleLayout } from './granularity.ts';
import { mseClipFactors } from './mse-clip.ts';
import type { NonFinitePolicy } from './non-finite.ts';
import type { RoundingMode } from './rounding-mode.ts';
import { maxOf, MIN_AMAX, scalesFor, type ScaleKind, type Scales } from './scale.ts';
import { checkMatrix } from './shape.ts';

/** Options of every quantizer. */
export interface QuantizeOptions {
  /** The element format; default E2M1. At most 8 bits, and exactly 4 where codes are packed. */
  readonly format?: ElementFormat;
  /** Which elements share a scale; default `'vector'`, one scale per row. */
  readonly granularity?: Granularity;
  /** How scales are computed and stored; default `'exact'`. */
  readonly scale?: ScaleKind;
  /** Clip factors in (0, 1] on each block's amax, given or searched for; default none. */
  readonly clip?: Clip;
  /** Default `'nearestEven'`. */
  readonly rounding?: RoundingMode;
  /** For `'stochastic'`: one uniform unsigned 32-bit integer per element. */
  readonly randomBits?: Uint32Array;
  /** What to do with NaN and infinity; default `'error'`. */
  readonly nonFinite?: NonFinitePolicy;
  /** What errors call the tensor; default `'x'`. */
  readonly name?: string;
}

/** What a quantized matrix says about itself, however its codes are stored. */
export interface QuantizedMatrix extends Scales {
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix. */
  readonly cols: number;
  /** The element format. */
  readonly format: ElementFormat;
  /** Which elements share a scale. */
  readonly granularity: Granularity;
  /** With the option `clip`: the factor that each block got, one float32 per scale. */
  readonly clipFactors?: Float32Array;
}

/** A matrix with scales but no codes yet, on checked arguments, and what is needed to encode it. */
export interface ScaledBlocks {
  /** The part that goes into the result. */
  readonly matrix: QuantizedMatrix;
  /** Where the scales lie. */
  readonly layout: ScaleLayout;
  /** What to divide by: the scale, or 0 where the block counts as zero. One float32 per block. */
  readonly divisors: Float32Array;
  /** Whether the input holds a NaN or infinity, which the policy then allows. */
  readonly hasNonFinite: boolean;
  /** The checked rounding options. */
  readonly encoder: Encoder;
}

/**
 * Checks the arguments of a quantizer, then computes the scales. The one place where quantizers validate.
 *
 * @param caller - The public function, for messages.
 * @throws RangeError when a size does not fit; TypeError when the format is unsigned or wider than 8 bits
 */
export function scaleBlocks(
  caller: string,
  x: Float32Array,
  rows: number,
  cols: number,
  options: QuantizeOptions,
): ScaledBlocks {
  const { format = E2M1, granularity = 'vector', scale = 'exact', clip, randomBits, name = 'x' } = options;
  checkMatrix(caller, name, x.length, rows, cols);
  if (format.bits > 8 || !format.isSigned) {
    throw new TypeError(`${caller}: format must be signed with at most 8 bits, but got ${format.name}`);
  }
  const encoder = createEncoder(caller, format, options);
  if (randomBits !== undefined && randomBits.length !== x.length) {
    throw new RangeError(`${caller}: randomBits must have length ${x.length}, but got ${randomBits.length}`);
  }
  const layout = scaleLayout(rows, cols, granularity);
  const { amaxes, firstNonFinite } = blockAmax(x, rows, cols, layout);
  if (firstNonFinite >= 0 && encoder.nonFinite === 'error') {
    throw new RangeError(
      `${caller}: ${name} must be finite, but ${name}[${firstNonFinite}] is ${x[firstNonFinite]}; ` +
        `remove it first or choose a nonFinite policy`,
    );
  }
  const amaxTensor = maxOf(amaxes);
  const clipFactors =
    clip === undefined
      ? undefined
      : clip === 'mse'
        ? mseClipFactors(x, rows, cols, layout, amaxes, format, scale, amaxTensor)
        : clipFactorsFor(caller, clip, layout);
  const clipped = clipFactors === undefined ? amaxes : clipAmaxes(amaxes, clipFactors);
  const scales = scalesFor(format, clipped, scale, amaxTensor);
  return {
    matrix: {
      rows,
      cols,
      format,
      granularity,
      ...scales,
      ...(clipFactors === undefined ? {} : { clipFactors }),
    },
    layout,
    divisors: scales.scales.map((value, block) => (clipped[block]! < MIN_AMAX ? 0 : value)),
    hasNonFinite: firstNonFinite >= 0,
    encoder,
  };
}
