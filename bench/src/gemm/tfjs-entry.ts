import type { Tensor } from '@tensorflow/tfjs-core';
import { resultShape, sampleRows, transposed } from './operands.ts';
import type { Entry, GemmTask } from '../contest/task.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';

/** What a product on tfjs tensors is made of. */
export interface TfjsEntryOptions {
  readonly variant: string;
  /** Computes the result, and owns it no longer. */
  readonly product: () => Tensor;
  /** Whether the result is the transpose of what the task asks for. */
  readonly isTransposed?: boolean;
  /** As of an {@link Entry}. */
  readonly packedBytes?: number;
}

/** An entry that times `product` on tfjs. `held` are the tensors it reads. */
export function tfjsEntry(
  device: TfjsDevice,
  { op, shape }: GemmTask,
  { variant, product, isTransposed = false, packedBytes }: TfjsEntryOptions,
  held: readonly Tensor[],
): Entry {
  return {
    variant,
    ...(packedBytes === undefined ? {} : { packedBytes }),
    async run() {
      const result = product();
      await device.finish();
      result.dispose();
    },
    async check() {
      const result = product();
      const [rows, cols] = resultShape(op, shape);
      const values = (await result.data()) as Float32Array;
      device.throwOnError();
      result.dispose();
      return sampleRows(isTransposed ? transposed(values, cols, rows) : values, rows, cols);
    },
    dispose() {
      for (const tensor of held) tensor.dispose();
    },
  };
}
