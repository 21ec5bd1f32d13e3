/** Milliseconds that a run has the device before another one that waits gets it. */
const SLICE = 500;

/** The queue of those who want the one device; in the order in which they asked. */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #isTaken = false;
  #takenAt = 0;

  /** Waits for the device. */
  async take(): Promise<void> {
    if (this.#isTaken) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#isTaken = true;
    this.#takenAt = performance.now();
  }

  /** Gives the device to the next one. */
  give(): void {
    const next = this.#waiting.shift();
    // Still taken: nobody may come in between.
    if (next === undefined) this.#isTaken = false;
    else next();
  }

  /** Whether it is time to give the device away: somebody waits for it, and a slice is over. */
  get isOver(): boolean {
    return this.#waiting.length > 0 && performance.now() - this.#takenAt > SLICE;
  }
}
