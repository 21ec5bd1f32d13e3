import { counterBits } from '@nibble-ml/fp4-format';

/**
 * Seeds for stochastic rounding, one for each product. They depend on the seed of the run, the optimizer step and how many
 * were drawn in it, so that a run that is resumed at a step goes on with the same bits.
 */
export class RandomStream {
  private readonly seed: number;
  private step = 0;
  private drawn = 0;

  constructor(seed: number) {
    this.seed = seed;
  }

  /** The next seed of this step, an unsigned 32-bit integer. */
  next(): number {
    return counterBits(counterBits(this.seed, this.step), this.drawn++);
  }

  /** Goes on to an optimizer step, by default the next one. */
  startStep(step: number = this.step + 1): void {
    this.step = step;
    this.drawn = 0;
  }
}
