import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { gradientProductsWebGpu } from '../gradient/webgpu.ts';
import type { BackwardAttrs } from './options.ts';

/** `Fp4MatMulBackward` on the webgpu backend. */
export const fp4MatMulBackwardWebGpu: KernelFunction<GpuBackend, BackwardAttrs> = (
  { dy, wCodes, wScales, xCodes, xScales },
  { seedDx, seedDw, ...attrs },
  backend,
) =>
  gradientProductsWebGpu(
    backend,
    dy!,
    [
      { product: 'dx', codes: wCodes!, scales: wScales!, seed: seedDx },
      { product: 'dw', codes: xCodes!, scales: xScales!, seed: seedDw },
    ],
    attrs,
  );
