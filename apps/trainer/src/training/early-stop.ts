/** What early stopping goes on from; plain JSON. */
export interface EarlyStopState {
  /** The lowest validation loss so far, in nats per token; null before the first validation. */
  readonly bestLoss: number | null;
  /** The step that had it; 0 before the first validation. */
  readonly bestStep: number;
  /** Validations since, none of them lower. */
  readonly sinceBest: number;
}

/** Watches validation losses, and says when to stop. */
export class EarlyStop {
  readonly #patience: number;
  #state: EarlyStopState = { bestLoss: null, bestStep: 0, sinceBest: 0 };

  /** @param patience - validations in a row without a new lowest loss that end training; 0 never ends it */
  constructor(patience: number) {
    this.#patience = patience;
  }

  /** Whether it may ever stop a run. */
  get isOn(): boolean {
    return this.#patience > 0;
  }

  /** Whether patience has run out. */
  get isOver(): boolean {
    return this.isOn && this.#state.sinceBest >= this.#patience;
  }

  /** Validations without a new lowest loss that are still allowed, this side of stopping. */
  get validationsLeft(): number {
    return Math.max(0, this.#patience - this.#state.sinceBest);
  }

  /** What a checkpoint holds of it. */
  get state(): EarlyStopState {
    return this.#state;
  }

  /**
   * Takes note of a validation.
   *
   * @param loss - nats per token; NaN is no improvement
   * @returns whether the loss is the lowest so far: then a checkpoint of the step is worth keeping
   */
  observe(step: number, loss: number): boolean {
    const { bestLoss, sinceBest } = this.#state;
    const isBest = loss < (bestLoss ?? Infinity);
    this.#state = isBest
      ? { bestLoss: loss, bestStep: step, sinceBest: 0 }
      : { ...this.#state, sinceBest: sinceBest + 1 };
    return isBest;
  }

  /** Goes on from a checkpoint's state. */
  restore(state: EarlyStopState): void {
    this.#state = state;
  }
}
