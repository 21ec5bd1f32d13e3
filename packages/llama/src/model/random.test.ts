import { describe, expect, it } from 'vitest';
import { RandomStream } from './random.ts';

describe('RandomStream', () => {
  it('keeps giving these numbers: checkpoints and results depend on them', () => {
    const random = new RandomStream(42, 'weights');
    expect([random.next(), random.next(), random.next()]).toEqual([3580532612, 1854728461, 172447473]);
  });
  it('separates seeds and labels', () => {
    const first = [new RandomStream(1, 'a'), new RandomStream(2, 'a'), new RandomStream(1, 'b')].map(
      (random) => random.next(),
    );
    expect(new Set(first).size).toBe(3);
  });
  it('is normal with mean 0, variance 1 and kurtosis 3, within five standard errors', () => {
    const random = new RandomStream(7, 'normal');
    const count = 100_000;
    const moments = [0, 0, 0, 0];
    for (let i = 0; i < count; i++) {
      const x = random.normal();
      for (let power = 0; power < 4; power++) moments[power]! += x ** (power + 1) / count;
    }
    // Variances of x, x², x³ and x⁴: 1, 2, 15, 96.
    for (const [power, [mean, variance]] of [
      [0, 1],
      [1, 2],
      [0, 15],
      [3, 96],
    ].entries()) {
      expect(Math.abs(moments[power]! - mean!)).toBeLessThan(5 * Math.sqrt(variance! / count));
    }
  });
  it('is uniform in [0, 1)', () => {
    const random = new RandomStream(3, 'uniform');
    const counts = Array.from({ length: 16 }, () => 0);
    for (let i = 0; i < 16_000; i++) counts[Math.floor(random.uniform() * 16)]!++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});
