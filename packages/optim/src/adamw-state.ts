/** One tensor of an optimizer's state, in host memory. */
export interface StateTensor {
  /** Of `data`; see {@link OptimizerState}. */
  readonly shape: readonly number[];
  /** Element type of `data`. */
  readonly dtype: 'float32' | 'int32';
  /** The elements, row-major. */
  readonly data: Float32Array | Int32Array;
}

/**
 * The state of an optimizer by tensor name, in the words of PyTorch: `step` (int32 scalar), and for each parameter
 * `NAME.exp_avg` and `NAME.exp_avg_sq`.
 *
 * In float32 both are shaped like the parameter. In the mixed form they are int32 words of codes: `NAME.exp_avg` four
 * E4M3 codes a word, `[q]`, `NAME.exp_avg_sq` two binary16 codes a word, `[2q]`, q = ceil(size / 4), the lowest bits
 * first and padded to whole groups of four elements; and `NAME.exp_avg_bounds` (float32, `[2]`) are the bounds of the
 * magnitudes of both, which their scales follow from. `spike_guard` (float32, one dimension) is the history of a guard.
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

/** Name of the bounds of both moments of parameter `name`, in the mixed form. */
export function momentBoundsName(name: string): string {
  return `${name}.exp_avg_bounds`;
}

/**
 * The values of one float32 tensor of `state`.
 *
 * @throws RangeError when it is missing or has another shape
 * @throws TypeError when it is not float32
 */
export function stateFloats(state: OptimizerState, name: string, shape: readonly number[]): Float32Array {
  const { data, dtype } = checkedTensor(state, name, shape, Float32Array);
  if (data instanceof Float32Array) return data;
  throw new TypeError(
    `restore: ${name} must be float32, but got ${dtype}; pass what state() of an optimizer with these options returned`,
  );
}

/**
 * The values of one int32 tensor of `state`.
 *
 * @throws RangeError when it is missing or has another shape
 * @throws TypeError when it is not int32
 */
export function stateInts(state: OptimizerState, name: string, shape: readonly number[]): Int32Array {
  const { data, dtype } = checkedTensor(state, name, shape, Int32Array);
  if (data instanceof Int32Array) return data;
  throw new TypeError(
    `restore: ${name} must be int32, but got ${dtype}; pass what state() of an optimizer with these options returned`,
  );
}

/** Finds a tensor. Its shape only matters when it is of the wanted kind, so that a wrong form is named as such. */
function checkedTensor(
  state: OptimizerState,
  name: string,
  shape: readonly number[],
  kind: typeof Float32Array | typeof Int32Array,
): StateTensor {
  const found = state.get(name);
  if (found === undefined) {
    throw new RangeError(
      `restore: the state must have a tensor ${name}, but got none; restore the state of this model`,
    );
  }
  const size = shape.reduce((product, side) => product * side, 1);
  if (found.data instanceof kind && (found.shape.join() !== shape.join() || found.data.length !== size)) {
    throw new RangeError(
      `restore: ${name} must have shape [${shape.join(', ')}], but got [${found.shape.join(', ')}] with ${found.data.length} values; restore the state of this model`,
    );
  }
  return found;
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
