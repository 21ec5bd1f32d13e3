import {
  BF16,
  E2M1,
  E1M2,
  E3M0,
  E4M3,
  E5M2,
  fakeQuantize,
  INT4,
  INT8,
  roundArray,
} from '@nibble-ml/fp4-format';
import type { ElementFormat, QuantizeOptions } from '@nibble-ml/fp4-format';
import type { ElementName, LayerPrecision } from '@nibble-ml/recipes';

/** Types of GGUF whose blocks are those of a recipe. */
export type BlockType = 'MXFP4' | 'NVFP4';

/**
 * What is done to a trained weight `[N, K]` before it is written: nothing, rounding to BF16, or quantizing with these
 * options of fp4-format, whose bits are those of the forward product.
 */
export type WeightRounding = 'none' | 'bf16' | QuantizeOptions;

const FORMATS: Readonly<Record<ElementName, ElementFormat>> = {
  e2m1: E2M1,
  e1m2: E1M2,
  e3m0: E3M0,
  int4: INT4,
  int8: INT8,
  e4m3: E4M3,
  e5m2: E5M2,
};

/** How a type's blocks are quantized where no recipe says it: MXFP4 as OCP specifies it, NVFP4 along rows. */
export const BLOCK_OPTIONS: Readonly<Record<BlockType, QuantizeOptions>> = {
  MXFP4: { granularity: { block: 32 }, scale: 'e8m0Floor' },
  NVFP4: { granularity: { block: 16 }, scale: 'e4m3' },
};

/**
 * How a recipe's forward product rounds a weight.
 *
 * @param where - what an error calls the weight, and the recipe
 * @throws RangeError where the weight is turned before it is quantized, so that there are no values to be stored in its
 * place
 */
export function forwardRounding(
  { weights, hadamard }: Pick<LayerPrecision, 'weights' | 'hadamard'>,
  where: string,
): WeightRounding {
  if (weights.format === 'f32') return 'none';
  if (hadamard !== null) {
    throw new RangeError(
      `${where} is quantized after a Hadamard transform, which a model file cannot say; export the trained weights with --weights master`,
    );
  }
  if (!('scale' in weights)) return 'bf16';
  const { format, granularity, scale } = weights;
  if (scale === 'quest') {
    throw new RangeError(
      `${where} has QuEST's scales, which fit its transform only; export the trained weights with --weights master`,
    );
  }
  return {
    format: FORMATS[format],
    granularity: granularity === 'channel' ? 'vector' : granularity,
    scale,
  };
}

/** The type whose blocks hold what a rounding gives, code by code and scale by scale; undefined where none does. */
export function blockTypeOf(rounding: WeightRounding): BlockType | undefined {
  if (typeof rounding === 'string') return undefined;
  const { format = E2M1, granularity = 'vector', scale = 'exact' } = rounding;
  if (format !== E2M1 || typeof granularity === 'string') return undefined;
  const { block } = granularity;
  const cols = typeof block === 'number' ? block : block[1];
  if (block === 32 && (scale === 'e8m0Floor' || scale === 'e8m0Ceil')) return 'MXFP4';
  return cols === 16 && scale === 'e4m3' ? 'NVFP4' : undefined;
}

/** The values `[rows, cols]` that a rounding makes of a weight: what the forward product takes. */
export function roundedValues(
  values: Float32Array,
  rows: number,
  cols: number,
  rounding: WeightRounding,
): Float32Array {
  if (rounding === 'none') return values;
  return rounding === 'bf16' ? roundArray(BF16, values) : fakeQuantize(values, rows, cols, rounding);
}
