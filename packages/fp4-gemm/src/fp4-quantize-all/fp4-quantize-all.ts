import { engine, getBackend, transpose as transposeOf } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloatMatrix } from '../check-operands.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { checkQuantizeOptions } from '../fp4-quantize/check-options.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import type { Fp4QuantizeOptions } from '../fp4-quantize/options.ts';
import { untracked } from '../fp4-quantize/untracked.ts';
import { FP4_QUANTIZE_ALL } from './kernel-name.ts';
import type { Fp4QuantizeAllAttrs } from './kernel-name.ts';
import { registerFp4QuantizeAll } from './register.ts';

/** Options of {@link fp4QuantizeAll}. */
export interface Fp4QuantizeAllOptions extends Omit<Fp4QuantizeOptions, 'rounding' | 'seed'> {
  /** Whether the matrices are wanted transposed, too. Default false. */
  readonly transpose?: boolean;
}

/** What {@link fp4QuantizeAll} makes of a matrix; the caller disposes it. */
export interface Fp4Prepared {
  /** As of `fp4Quantize`. */
  readonly packed: Fp4Tensor;
  /** The matrix itself transposed, float32 `[cols, rows]`, where that was asked for. */
  readonly transposed: Tensor2D | null;
}

/**
 * Quantizes several matrices, such as the weights of a model after an optimizer step, as `fp4Quantize` does each, with
 * its bits, rounding to nearest. On webgpu with a scale per row other than `'e4m3'` one dispatch does up to 4 of them,
 * as many as the device can bind, and transposes them along the way.
 *
 * @param xsRC - float32 `[rows, cols]` each
 * @throws TypeError, RangeError as `fp4Quantize` does
 */
export function fp4QuantizeAll(
  xsRC: readonly Tensor2D[],
  { granularity = 'vector', scale = 'exact', transpose = false }: Fp4QuantizeAllOptions = {},
): Fp4Prepared[] {
  checkQuantizeOptions('fp4QuantizeAll', { granularity, scale });
  for (const [index, x] of xsRC.entries()) checkFloatMatrix('fp4QuantizeAll', `matrix ${index}`, x);
  if (getBackend() !== 'webgpu' || granularity !== 'vector' || scale === 'e4m3') {
    return xsRC.map((x) => prepareOne(x, { granularity, scale }, transpose));
  }
  // WebGPU binds no empty buffers.
  const full = xsRC.filter(({ size }) => size > 0);
  const prepared = prepareTogether(full, { scale, transpose });
  return xsRC.map((x) => (x.size > 0 ? prepared.shift()! : prepareOne(x, { granularity, scale }, transpose)));
}

function prepareOne(x: Tensor2D, options: Fp4QuantizeOptions, transpose: boolean): Fp4Prepared {
  const packed = fp4Quantize(x, options);
  if (!transpose) return { packed, transposed: null };
  const handle = untracked(x) as Tensor2D;
  const transposed = transposeOf(handle);
  handle.dispose();
  return { packed, transposed };
}

function prepareTogether(xs: readonly Tensor2D[], attrs: Fp4QuantizeAllAttrs): Fp4Prepared[] {
  if (xs.length === 0) return [];
  registerFp4QuantizeAll();
  const inputs = Object.fromEntries(xs.map((x, index) => [`x${index}`, untracked(x)]));
  const outputs = engine().runKernel(
    FP4_QUANTIZE_ALL,
    inputs,
    attrs as unknown as NamedAttrMap,
  ) as unknown as Tensor[];
  for (const x of Object.values(inputs)) x.dispose();
  return xs.map(({ shape: [rows, cols] }) => {
    const [codes, scales] = outputs.splice(0, 2) as [Tensor2D, Tensor1D];
    const transposed = attrs.transpose ? (outputs.shift() as Tensor2D) : null;
    return { packed: { rows, cols, codes, scales, granularity: 'vector' }, transposed };
  });
}
