import { engine } from '@tensorflow/tfjs-core';
import type { NamedAttrMap, NamedTensorMap } from '@tensorflow/tfjs-core';

/** Runs a kernel that has no outputs and writes to some of its inputs. */
export function runInPlace(kernelName: string, inputs: NamedTensorMap, attrs: object): void {
  // tfjs hands attributes through as they are; its type only knows plain values.
  engine().runKernel(kernelName, inputs, attrs as NamedAttrMap);
}
