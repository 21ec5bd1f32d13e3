import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, Tensor2D } from '@tensorflow/tfjs-core';
import { HADAMARD } from './kernel-name.ts';
import type { HadamardAttrs } from './options.ts';

/** Runs the kernel, which is registered, on checked arguments. */
export function runHadamard(x: Tensor2D, attrs: HadamardAttrs): Tensor2D {
  return engine().runKernel(HADAMARD, { x }, attrs as unknown as NamedAttrMap) as unknown as Tensor2D;
}
