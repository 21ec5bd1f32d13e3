import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { GradientProduct } from '../gradient/fold.ts';
import type { GradientAttrs } from '../gradient/options.ts';
import type { BackwardAttrs } from './options.ts';

/** The kernel of `Fp4MatMulBackward` that runs those of `Fp4MatMulDx` and `Fp4MatMulDw`. */
export function oneByOne<Backend>(
  kernelOf: (product: GradientProduct) => KernelFunction<Backend, GradientAttrs>,
): KernelFunction<Backend, BackwardAttrs> {
  const [dxKernel, dwKernel] = [kernelOf('dx'), kernelOf('dw')];
  return ({ dy, wCodes, wScales, xCodes, xScales }, { seedDx, seedDw, ...attrs }, backend) => [
    dxKernel(
      { dy: dy!, codes: wCodes!, scales: wScales! },
      { ...attrs, seed: seedDx },
      backend,
    ) as TensorInfo,
    dwKernel(
      { dy: dy!, codes: xCodes!, scales: xScales! },
      { ...attrs, seed: seedDw },
      backend,
    ) as TensorInfo,
  ];
}
