import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScale } from './scale.ts';

const linear = (low: number, high: number, tickCount = 5) =>
  createScale({ type: 'linear', domain: [low, high], range: [0, 100], tickCount });

describe('createScale', () => {
  it('takes round ticks and widens to them', () => {
    expect(linear(3.1, 6.9).ticks).toEqual([3, 4, 5, 6, 7]);
    expect(linear(0, 0.00098).ticks).toEqual([0, 0.0002, 0.0004, 0.0006, 0.0008, 0.001]);
    expect(linear(3.1, 6.9).map(3)).toBe(0);
    expect(linear(3.1, 6.9).map(7)).toBe(100);
    expect(linear(-5, 5).map(0)).toBe(50);
  });

  it('keeps a domain that is not to be widened, with the ticks inside', () => {
    const scale = createScale({ type: 'linear', domain: [1, 300], range: [50, 650], nice: false });
    expect(scale.ticks).toEqual([100, 200, 300]);
    expect([scale.map(1), scale.map(300)]).toEqual([50, 650]);
  });

  it('gives every power of ten the same length on a logarithmic axis', () => {
    const scale = createScale({ type: 'log', domain: [0.01, 100], range: [0, 4] });
    expect(scale.ticks).toEqual([0.01, 0.1, 1, 10, 100]);
    expect(scale.ticks.map((tick) => Math.round(scale.map(tick) * 1e9) / 1e9)).toEqual([0, 1, 2, 3, 4]);
    expect(createScale({ type: 'log', domain: [0.6, 12], range: [0, 1] }).ticks).toEqual([
      0.5, 1, 2, 5, 10, 20,
    ]);
  });

  it('covers every domain, even a single value', () => {
    const value = fc.integer({ min: -1e9, max: 1e9 }).map((millionths) => millionths / 1e6);
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high)) || high === low);
        const { ticks, map } = linear(low, high);
        const slack = 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-300);
        expect(ticks[0]).toBeLessThanOrEqual(low + slack);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(high - slack);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(12);
        expect(Number.isFinite(map(low))).toBe(true);
      }),
      { seed: 1, numRuns: 1000 },
    );
  });

  it('writes ticks to be read', () => {
    const format = (low: number, high: number): string[] => {
      const scale = linear(low, high);
      return scale.ticks.map((tick) => scale.format(tick));
    };
    expect(format(0, 10_000)).toEqual(['0', '2,000', '4,000', '6,000', '8,000', '10,000']);
    expect(format(0, 1e-3).slice(0, 3)).toEqual(['0', '2e-4', '4e-4']);
    expect(format(4, 4.5)).toEqual(['4', '4.1', '4.2', '4.3', '4.4', '4.5']);
  });

  it.each([
    ['linear', [0, Number.NaN]],
    ['linear', [2, 1]],
    ['linear', [0, Infinity]],
    ['log', [0, 1]],
  ] as const)('refuses the %s domain %j', (type, domain) => {
    expect(() => createScale({ type, domain, range: [0, 1] })).toThrow(
      /createScale: the domain of a (linear|log) axis must be finite/,
    );
  });
});
