import { SUBGROUP_MATRIX_FEATURE } from '@nibble-ml/tfjs-bridge/webgpu';
import { subgroupMatrixPlan } from './webgpu-subgroup-matrix-plan.ts';

/**
 * How a shader multiplies codes. All give the same bits, because every product and partial sum is an exact integer:
 *
 * - `dot4I8Packed`: four int8 products at once by the built-in function (WGSL language feature
 *   `packed_4x8_integer_dot_product`);
 * - `unpacked`: the same by int32 arithmetic, on every device; what the others are checked against;
 * - `f32`: codes decoded to float32, whose sums stay below 2^24;
 * - `shader-f16`: two columns to a `vec2<f16>`, sums of eight products below 2^11, then float32; `Fp4MatMul` only;
 * - `subgroups`: as `f32`, but a subgroup loads and decodes the row operand together and each lane hands its part
 *   round by `subgroupShuffle`;
 * - `subgroup-matrix`: matrices that a subgroup multiplies as one, int8 with int32 sums where the device has them;
 *   `Fp4MatMul` only. Experimental: never run without being asked for by name or measured and checked by
 *   `tuneFp4Kernels`.
 */
export type WebGpuVariant =
  'dot4I8Packed' | 'unpacked' | 'f32' | 'shader-f16' | 'subgroups' | 'subgroup-matrix';

/** Every {@link WebGpuVariant}. */
const WEBGPU_VARIANTS: readonly WebGpuVariant[] = [
  'dot4I8Packed',
  'unpacked',
  'f32',
  'shader-f16',
  'subgroups',
  'subgroup-matrix',
];

/** A matrix product that has variants: forward, or with a gradient of three digits ('f32', 'e5m2', 'nvfp4') or one ('int8'). */
export type WebGpuProduct = 'forward' | 'gradient' | 'gradientInt8';

/** Every {@link WebGpuProduct}. */
export const WEBGPU_PRODUCTS: readonly WebGpuProduct[] = ['forward', 'gradient', 'gradientInt8'];

/** The variants that a product is written in. */
function variantsOf(product: WebGpuProduct): readonly WebGpuVariant[] {
  if (product === 'forward') return WEBGPU_VARIANTS;
  // A product of a gradient digit and a code leaves the integers that float16 holds.
  return WEBGPU_VARIANTS.filter((name) => name !== 'shader-f16' && name !== 'subgroup-matrix');
}

/** The feature that `variant` needs and this device lacks, or undefined when it can run. */
export function missingFeature(device: GPUDevice, variant: WebGpuVariant): string | undefined {
  if (variant === 'subgroups' || variant === 'shader-f16') {
    return device.features.has(variant) ? undefined : `the feature ${variant}`;
  }
  if (variant === 'subgroup-matrix') {
    if (!device.features.has(SUBGROUP_MATRIX_FEATURE)) return `the feature ${SUBGROUP_MATRIX_FEATURE}`;
    return subgroupMatrixPlan(device) === undefined
      ? 'subgroups of one size that multiply matrices with exact sums'
      : undefined;
  }
  if (variant !== 'dot4I8Packed') return undefined;
  const language = globalThis.navigator?.gpu?.wgslLanguageFeatures;
  return language?.has('packed_4x8_integer_dot_product') === true
    ? undefined
    : 'the WGSL language feature packed_4x8_integer_dot_product';
}

/** The variants of a product that this device can run. */
export function availableVariants(device: GPUDevice, product: WebGpuProduct): readonly WebGpuVariant[] {
  return variantsOf(product).filter((variant) => missingFeature(device, variant) === undefined);
}

/**
 * The variant that the environment variable `NIBBLE_WEBGPU_VARIANT` forces on a product, if any. A variant that only
 * other products have leaves this one alone.
 *
 * @throws RangeError when the variable names no variant, or one that this device cannot run
 */
export function forcedVariant(device: GPUDevice, product: WebGpuProduct): WebGpuVariant | undefined {
  const name = globalThis.process?.env?.['NIBBLE_WEBGPU_VARIANT'] ?? '';
  if (name === '') return undefined;
  const variant = WEBGPU_VARIANTS.find((candidate) => candidate === name);
  if (variant === undefined) {
    throw new RangeError(
      `fp4-gemm: NIBBLE_WEBGPU_VARIANT must be ${WEBGPU_VARIANTS.join(', ')} or unset, but got '${name}'`,
    );
  }
  const missing = missingFeature(device, variant);
  if (missing !== undefined) {
    throw new RangeError(
      `fp4-gemm: NIBBLE_WEBGPU_VARIANT=${variant} must have ${missing}, but this device lacks it; use unpacked, or unset the variable`,
    );
  }
  return variantsOf(product).includes(variant) ? variant : undefined;
}
