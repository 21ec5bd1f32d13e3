/** Milliseconds that are looked back: several turns of all runs. */
const WINDOW = 30_000;
/** Milliseconds that must have been seen. */
const LEAST = 2000;
/** Milliseconds between two notes. */
const EVERY = 250;

/**
 * How fast a run gets on by the clock on the wall: with validations, samples and checkpoints, and while other runs have the
 * device.
 */
export class Pace {
  #seen: (readonly [milliseconds: number, step: number])[] = [];

  /** Notes the steps that are done now. */
  note(step: number): void {
    const now = performance.now();
    const [lastAt, lastStep] = this.#seen.at(-1) ?? [-Infinity, -1];
    if (step < lastStep) this.clear();
    else if (now - lastAt < EVERY) return;
    this.#seen.push([now, step]);
    while (this.#seen.length > 2 && now - this.#seen[1]![0] > WINDOW) this.#seen.shift();
  }

  /** Forgets what was seen; a run that is paused has no pace. */
  clear(): void {
    this.#seen = [];
  }

  /** Seconds that so many steps will take; undefined while it is too early to say. */
  secondsFor(steps: number): number | undefined {
    const first = this.#seen[0];
    const last = this.#seen.at(-1);
    if (first === undefined || last === undefined) return undefined;
    const milliseconds = last[0] - first[0];
    const done = last[1] - first[1];
    return milliseconds < LEAST || done === 0 ? undefined : ((milliseconds / 1000) * steps) / done;
  }
}
