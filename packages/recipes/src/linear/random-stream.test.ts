import { describe, expect, it } from 'vitest';
import { RandomStream } from './random-stream.ts';

const draw = (stream: RandomStream, count: number): number[] =>
  Array.from({ length: count }, () => stream.next());

describe('RandomStream', () => {
  it('gives the seeds of a step again when it starts at that step', () => {
    const whole = new RandomStream(7);
    draw(whole, 5);
    whole.startStep();
    draw(whole, 2);
    whole.startStep();
    const resumed = new RandomStream(7);
    resumed.startStep(2);
    expect(draw(resumed, 4)).toEqual(draw(whole, 4));
  });

  it('gives different seeds for every draw, step and seed', () => {
    const seeds = [0, 1, 2 ** 32 - 1].flatMap((seed) =>
      [0, 1, 1000].flatMap((step) => {
        const stream = new RandomStream(seed);
        stream.startStep(step);
        return draw(stream, 100);
      }),
    );
    expect(new Set(seeds).size).toBe(seeds.length);
    expect(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32)).toBe(true);
  });
});
