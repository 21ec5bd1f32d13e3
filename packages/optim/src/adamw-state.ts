/** One tensor of an optimizer's state, in host memory. */
export interface StateTensor {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32';
  readonly data: Float32Array | Int32Array;
}

/**
 * The state of an optimizer by tensor name, in the words of PyTorch: `step` (int32 scalar), and for each parameter
 * `NAME.exp_avg` and `NAME.exp_avg_sq`, shaped like it.
 */
export type OptimizerState = ReadonlyMap<string, StateTensor>;

/** Name of the first moment of parameter `name`. */
export function firstMomentName(name: string): string {
  return `${name}.exp_avg`;
}

/** Name of the second moment of parameter `name`. */
export function secondMomentName(name: string): string {
  return `${name}.exp_avg_sq`;
}

/**
 * The values of one float32 tensor of `state`.
 *
 * @throws RangeError when it is missing or has another shape
 * @throws TypeError when it is not float32
 */
export function momentIn(state: OptimizerState, name: string, shape: readonly number[]): Float32Array {
  const found = state.get(name);
  if (found === undefined) {
    throw new RangeError(
      `restore: the state must have a tensor ${name}, but got none; restore the state of this model`,
    );
  }
  if (!(found.data instanceof Float32Array)) {
    throw new TypeError(
      `restore: ${name} must be float32, but got ${found.dtype}; pass what state() returned`,
    );
  }
  const size = shape.reduce((product, side) => product * side, 1);
  if (found.shape.join() !== shape.join() || found.data.length !== size) {
    throw new RangeError(
      `restore: ${name} must have shape [${shape.join(', ')}], but got [${found.shape.join(', ')}] with ${found.data.length} values; restore the state of this model`,
    );
  }
  return found.data;
}

/**
 * The step count of `state`.
 *
 * @throws RangeError when there is none
 */
export function stepIn(state: OptimizerState): number {
  const step = state.get('step')?.data[0];
  if (step === undefined || !Number.isInteger(step) || step < 0) {
    throw new RangeError(
      `restore: the state must have an integer "step", but got ${step}; pass what state() returned`,
    );
  }
  return step;
}
