import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rollingWindows } from './rolling-windows.ts';

const text = (length: number): Int32Array => Int32Array.from({ length }, (_, i) => i);

describe('rollingWindows', () => {
  it('scores every token but the first once, with as much before it as is promised', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        (length, context, wanted) => {
          const stride = Math.min(wanted, context);
          const windows = [...rollingWindows(text(length), { context, stride })];
          expect(windows.flatMap(({ targets }) => [...targets])).toEqual([...text(length)].slice(1));
          for (const { inputs, targets } of windows) {
            expect(inputs.length).toBeLessThanOrEqual(context);
            // The inputs are consecutive and end with the token before the last target.
            expect(inputs.at(-1)).toBe(targets.at(-1)! - 1);
            expect(inputs.at(-1)! - inputs[0]!).toBe(inputs.length - 1);
            const before = targets[0]! - inputs[0]!;
            expect(before).toBeGreaterThanOrEqual(Math.min(targets[0]!, context - stride + 1));
          }
        },
      ),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives each token all that the model can see with a stride of 1', () => {
    const windows = [...rollingWindows(text(9), { context: 3, stride: 1 })];
    expect(windows.map(({ inputs, targets }) => [[...inputs], [...targets]])).toEqual([
      [
        [0, 1, 2],
        [1, 2, 3],
      ],
      [[1, 2, 3], [4]],
      [[2, 3, 4], [5]],
      [[3, 4, 5], [6]],
      [[4, 5, 6], [7]],
      [[5, 6, 7], [8]],
    ]);
  });

  it('refuses strides that would leave tokens out', () => {
    for (const stride of [0, 4, 1.5]) {
      expect(() => [...rollingWindows(text(9), { context: 3, stride })]).toThrow(
        /stride must be a whole number from 1 to 3, the model's context/,
      );
    }
  });
});
