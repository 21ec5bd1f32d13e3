import type { Tensor, Variable } from '@tensorflow/tfjs-core';
import type { AdamWCoefficients } from './adamw-coefficients.ts';
import type { OptimizerState, StateTensor } from './adamw-state.ts';
import type { ClippedNorm } from './global-norm/clipped-norm.ts';

/** A parameter as the optimizer knows it. */
export interface Slot {
  readonly name: string;
  readonly variable: Variable;
  /** Whether weight decay applies. */
  readonly decays: boolean;
}

/** The first and second moments of all parameters in one of their forms, on the device. */
export interface Moments {
  /** Updates moments and parameters in place; leaves both alone when the clip factor is 0. */
  update(gradients: readonly Tensor[], clipped: ClippedNorm, coefficients: AdamWCoefficients): void;
  /** The moments in host memory by the names of the state. All reads start at once, so that they show the same step. */
  read(): Promise<Map<string, StateTensor>>;
  /**
   * Checks the moments in `state`.
   *
   * @returns what puts them in place and cannot fail
   * @throws RangeError when one is missing or of another shape; TypeError when it is of another form
   */
  prepare(state: OptimizerState): () => void;
  /** Frees the moments. */
  dispose(): void;
}
