import { GpuError, withSpareDevice } from '@nibble-ml/tfjs-bridge/webgpu';
import { checkVariants } from './webgpu-measure.ts';
import { missingFeature } from './webgpu-variant.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variant.ts';

/** Variants whose feature is experimental: a driver may do anything with them, and lose the device. */
const EXPERIMENTAL: ReadonlySet<WebGpuVariant> = new Set(['subgroup-matrix']);

/**
 * Checks an experimental variant on a device of its own first, so that one that loses the device or leaves errors behind
 * cannot harm the device in use.
 *
 * @returns why the variant must not be tried on the device in use; undefined when it may
 */
export async function rehearse(product: WebGpuProduct, variant: WebGpuVariant): Promise<string | undefined> {
  if (!EXPERIMENTAL.has(variant)) return undefined;
  try {
    return await withSpareDevice(async (backend) => {
      const missing = missingFeature(backend.device, variant);
      if (missing !== undefined) return `a second device lacks ${missing}`;
      return (await checkVariants(backend, product, [variant])).get(variant);
    });
  } catch (error) {
    // Whatever went wrong, with a lost device above all, is a reason not to run the variant, and no more.
    return error instanceof GpuError ? error.message : String(error);
  }
}
