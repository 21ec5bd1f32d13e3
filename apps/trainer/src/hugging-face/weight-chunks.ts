import type { HuggingFaceTensor } from '@nibble-ml/llama';
import type { StoredModel } from '../run/stored-model.ts';

/** The values of a tensor in row-major order, a piece at a time. */
export type WeightValues = (tensor: HuggingFaceTensor) => Iterable<Float32Array>;

/** Makes other values of a whole parameter. */
export type ChangeWeight = (values: Float32Array, name: string, shape: readonly number[]) => Float32Array;

/** Values read at once: 16 MiB. */
const CHUNK = 2 ** 22;

/**
 * The tensors of a checkpoint under their names at Hugging Face.
 *
 * @param change - what is done to each parameter, which is then held as a whole, until another one's turn comes; null
 * reads pieces as they are
 */
export function weightChunks(
  { weights }: Pick<StoredModel, 'weights'>,
  change: ChangeWeight | null,
): WeightValues {
  let held: { readonly name: string; readonly values: Float32Array } | undefined;
  const changed = (parameter: string): Float32Array => {
    if (held?.name !== parameter) {
      held = undefined;
      const values = weights.read(parameter) as Float32Array;
      held = { name: parameter, values: change!(values, parameter, weights.tensors.get(parameter)!.shape) };
    }
    return held.values;
  };
  return function* chunksOf({ parameter, shape, firstRow }) {
    const width = shape[1] ?? 1;
    const [first, end] = [firstRow * width, (firstRow + shape[0]!) * width];
    for (let start = first; start < end; start += CHUNK) {
      const next = Math.min(end, start + CHUNK);
      yield change === null
        ? (weights.read(parameter, start, next) as Float32Array)
        : changed(parameter).subarray(start, next);
    }
  };
}
