import { keep, tensor1d } from '@tensorflow/tfjs-core';
import type { NamedTensorMap, Scalar, Tensor1D } from '@tensorflow/tfjs-core';
import { stateFloats } from '../adamw-state.ts';
import type { OptimizerState, StateTensor } from '../adamw-state.ts';
import type { ClippedNorm } from '../global-norm/clipped-norm.ts';
import { readNow } from '../read-now.ts';
import { runInPlace } from '../run-in-place.ts';
import { historyHeader, historyLength, spikeGuardKernel } from './kernel.ts';
import type { SpikeGuardAttrs } from './kernel.ts';
import type { SpikeGuardOptions } from './options.ts';
import { registerSpikeGuard } from './register.ts';

/** Name of the history in an optimizer's state. */
const stateName = 'spike_guard';

/** Leaves out updates whose gradient norm or loss is a spike; decides on the device, in the same step. */
export class SpikeGuard {
  readonly #options: Required<SpikeGuardOptions>;
  #history: Tensor1D;

  constructor(options: Required<SpikeGuardOptions>) {
    this.#options = options;
    this.#history = keptHistory(new Float32Array(historyLength(options.window, options.watchLoss)));
  }

  /**
   * Looks at one update, and sets its clip factor to 0 when it is to be left out.
   *
   * @throws RangeError when the loss is watched and not given, or given and not watched, or no scalar
   */
  observe({ norm, clipFactor }: ClippedNorm, loss: Scalar | undefined): void {
    registerSpikeGuard();
    const { window, threshold } = this.#options;
    const inputs: NamedTensorMap = { norm, clipFactor, history: this.#history };
    if (loss !== undefined) inputs['loss'] = loss;
    const attrs: SpikeGuardAttrs = { window, threshold: Math.fround(threshold) };
    runInPlace(spikeGuardKernel, inputs, attrs);
  }

  /** Updates left out, as of this call. */
  async skipped(): Promise<number> {
    return (await readNow(this.#history))[2]!;
  }

  /** The history in host memory. */
  async read(): Promise<Map<string, StateTensor>> {
    const data = (await readNow(this.#history)) as Float32Array;
    return new Map([[stateName, { shape: [data.length], dtype: 'float32', data }]]);
  }

  /**
   * Checks the history in `state`.
   *
   * @returns what puts it in place and cannot fail
   * @throws RangeError when it is missing, of another window or no history; TypeError when it is not float32
   */
  prepare(state: OptimizerState): () => void {
    const { window } = this.#options;
    const history = stateFloats(state, stateName, this.#history.shape);
    const [count, cursor] = history.subarray(0, historyHeader);
    if (!isPlace(count!, window) || !isPlace(cursor!, window - 1) || !history.every(Number.isFinite)) {
      throw new RangeError(
        `restore: ${stateName} must be a history of ${window} values, but counts ${count} and goes on at ${cursor}; pass what state() returned`,
      );
    }
    return () => {
      this.#history.dispose();
      this.#history = keptHistory(history.slice());
    };
  }

  /** Frees the history. */
  dispose(): void {
    this.#history.dispose();
  }
}

function isPlace(value: number, largest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largest;
}

function keptHistory(values: Float32Array): Tensor1D {
  return keep(tensor1d(values, 'float32'));
}
