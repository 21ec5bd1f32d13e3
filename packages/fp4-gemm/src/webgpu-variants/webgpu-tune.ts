import { findBackend } from '@tensorflow/tfjs-core';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { measuredChoices, recordChoice } from './webgpu-choice.ts';
import type { VariantTiming, WebGpuChoice } from './webgpu-choice.ts';
import { checkVariants, timeVariants } from './webgpu-measure.ts';
import type { Refusals } from './webgpu-measure.ts';
import { SHAPE_CLASSES, TYPICAL_SHAPE } from './webgpu-shape-class.ts';
import type { ShapeClass } from './webgpu-shape-class.ts';
import { rehearse } from './webgpu-rehearsal.ts';
import { availableVariants, WEBGPU_PRODUCTS } from './webgpu-variant.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variant.ts';

/** A device so slow that it takes longer than this for a medium product is as full with one as with a large one. */
const SLOW_MILLISECONDS = 2;

/** Options of {@link tuneFp4Kernels}. */
export interface TuneFp4Options {
  /** Called before each step with what is measured, in words for people. */
  readonly onProgress?: (message: string) => void;
}

const tuned = new WeakMap<GPUDevice, Promise<readonly WebGpuChoice[]>>();

/**
 * Measures the kernel variants on the open WebGPU device and from then on runs the fastest one for each product and
 * class of shapes (unless `NIBBLE_WEBGPU_VARIANT` forces another); all give the same bits, so this changes how long a
 * product takes and nothing else. A variant that does not compile or whose bits differ from those of `unpacked` is
 * never chosen; one that needs an experimental feature has to pass on a device of its own before it is tried on this
 * one.
 *
 * Takes well under a second on a GPU, and one to some seconds, most of it compilation, on a software adapter. Runs once
 * per device and process; call it after `openWebGpu`. Before it, or without it, the variant is `subgroups` on a
 * software adapter, else `dot4I8Packed` where the device has it, else `f32`.
 *
 * @returns the choices with the measured times, in milliseconds; none when there is no open webgpu backend
 * @throws GpuError when the device fails
 */
export async function tuneFp4Kernels({ onProgress = () => {} }: TuneFp4Options = {}): Promise<
  readonly WebGpuChoice[]
> {
  const backend = findBackend('webgpu') as unknown as GpuBackend | null;
  if (backend == null) return [];
  const { device } = backend;
  let running = tuned.get(device);
  if (running === undefined) {
    running = tune(backend, onProgress);
    tuned.set(device, running);
    // A failed attempt may be repeated.
    running.catch(() => tuned.delete(device));
  }
  return running;
}

async function tune(
  backend: GpuBackend,
  onProgress: (message: string) => void,
): Promise<readonly WebGpuChoice[]> {
  for (const product of WEBGPU_PRODUCTS) {
    onProgress(`compiling and checking the variants of the ${product} product`);
    const refusals = await usableVariants(backend, product);
    let last: WebGpuChoice | undefined;
    for (const shapeClass of SHAPE_CLASSES) {
      onProgress(`timing ${shapeClass} ${product} products`);
      last = await chooseFor(backend, product, shapeClass, refusals, last);
      recordChoice(backend.device, last);
    }
  }
  throwOnGpuError(backend.device);
  return measuredChoices(backend.device);
}

/** As `checkVariants`, but what fails on a spare device is not tried on this one. */
async function usableVariants(backend: GpuBackend, product: WebGpuProduct): Promise<Refusals> {
  const failed = new Map<WebGpuVariant, string>();
  const available = availableVariants(backend.device, product);
  for (const variant of available) {
    const refusal = await rehearse(product, variant);
    if (refusal !== undefined) failed.set(variant, refusal);
  }
  const rest = available.filter((variant) => !failed.has(variant));
  return new Map([...(await checkVariants(backend, product, rest)), ...failed]);
}

async function chooseFor(
  backend: GpuBackend,
  product: WebGpuProduct,
  shapeClass: ShapeClass,
  refusals: Refusals,
  medium: WebGpuChoice | undefined,
): Promise<WebGpuChoice> {
  const fastest = medium?.timings[0]?.milliseconds ?? 0;
  if (shapeClass === 'large' && fastest > SLOW_MILLISECONDS) return { ...medium!, shapeClass };
  const usable = [...refusals].filter(([, refusal]) => refusal === undefined).map(([variant]) => variant);
  const times = await timeVariants(backend, product, TYPICAL_SHAPE[shapeClass], usable);
  const timings: VariantTiming[] = [...times]
    .map(([variant, milliseconds]) => ({ variant, milliseconds }))
    .toSorted((a, b) => a.milliseconds - b.milliseconds);
  const { variant } = timings[0]!;
  for (const [name, refused] of refusals) {
    if (refused !== undefined) timings.push({ variant: name, refused });
  }
  return { product, shapeClass, variant, timings };
}
