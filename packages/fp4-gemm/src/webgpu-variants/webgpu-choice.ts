import type { ProductShape, ShapeClass } from './webgpu-shape-class.ts';
import { shapeClass } from './webgpu-shape-class.ts';
import { smallSubgroup } from './webgpu-subgroup-size.ts';
import { forcedVariant, missingFeature } from './webgpu-variant.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variant.ts';

/** How a variant did when it was measured on a device. */
export interface VariantTiming {
  /** The variant that was timed. */
  readonly variant: WebGpuVariant;
  /**
   * Of one product of the typical shape of the class, milliseconds; undefined for a variant that was refused. Where that of
   * `medium` takes more than 2 ms, `large` is not measured and has the figures of `medium`.
   */
  readonly milliseconds?: number;
  /** Why the variant is never chosen: it does not compile, or its bits are wrong. */
  readonly refused?: string;
}

/** The variant that runs products of a class, and what it was measured against. */
export interface WebGpuChoice {
  /** Which product. */
  readonly product: WebGpuProduct;
  /** Of which sizes. */
  readonly shapeClass: ShapeClass;
  /** The variant that runs from then on, unless `NIBBLE_WEBGPU_VARIANT` forces another. */
  readonly variant: WebGpuVariant;
  /** Every variant that was measured, the fastest first, and then those that were refused. */
  readonly timings: readonly VariantTiming[];
}

const choices = new WeakMap<GPUDevice, Map<string, WebGpuChoice>>();

/** Makes a measured choice that of this device, for this process. */
export function recordChoice(device: GPUDevice, choice: WebGpuChoice): void {
  let ofDevice = choices.get(device);
  if (ofDevice === undefined) choices.set(device, (ofDevice = new Map()));
  ofDevice.set(`${choice.product} ${choice.shapeClass}`, choice);
}

/** The choices measured on this device, in the order of measurement; empty before `tuneFp4Kernels`. */
export function measuredChoices(device: GPUDevice): readonly WebGpuChoice[] {
  return [...(choices.get(device)?.values() ?? [])];
}

/**
 * The variant that computes a product of this class: forced by `NIBBLE_WEBGPU_VARIANT`, else the fastest measured, else
 * `subgroups` where these have 4 or 8 lanes (software adapters), else `dot4I8Packed` where the device has it, else `f32`.
 *
 * @throws RangeError as `forcedVariant`
 */
export function variantForClass(
  device: GPUDevice,
  product: WebGpuProduct,
  ofClass: ShapeClass,
): WebGpuVariant {
  const measured = choices.get(device)?.get(`${product} ${ofClass}`)?.variant;
  return forcedVariant(device, product) ?? measured ?? defaultVariant(device);
}

/**
 * {@link variantForClass} for a shape.
 *
 * @throws RangeError as `forcedVariant`
 */
export function variantFor(device: GPUDevice, product: WebGpuProduct, shape: ProductShape): WebGpuVariant {
  return variantForClass(device, product, shapeClass(shape));
}

function defaultVariant(device: GPUDevice): WebGpuVariant {
  if (smallSubgroup(device) !== undefined) return 'subgroups';
  return missingFeature(device, 'dot4I8Packed') === undefined ? 'dot4I8Packed' : 'f32';
}
