import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBatcher, type BatcherOptions } from './batcher.ts';
import { tokensInMemory, type TokenSource } from './token-source.ts';

const counting = (length: number): TokenSource => tokensInMemory(Int32Array.from({ length }, (_, i) => i));
const options: BatcherOptions = { tokens: counting(103), batchSize: 3, context: 8, seed: 5 };

const epochOf = (seed: number, epoch: number): string => {
  const batcher = createBatcher({ ...options, seed, batchSize: 1 });
  batcher.restore({ seed, context: 8, tokens: 103, epoch, cursor: 0 });
  return Array.from({ length: batcher.windowsPerEpoch }, () => batcher.next().inputs[0]).join();
};

describe('createBatcher', () => {
  it('gives every target the token after its input, in windows of the text', () => {
    const { inputs, targets } = createBatcher(options).next();
    expect(inputs).toHaveLength(24);
    expect(targets).toEqual(inputs.map((id) => id + 1));
    for (let b = 0; b < 3; b++) {
      const row = inputs.subarray(b * 8, b * 8 + 8);
      expect(row).toEqual(row.map((_, t) => row[0]! + t));
    }
  });

  it('takes every window of an epoch once', () => {
    const sizes = fc.record({
      extra: fc.nat(70),
      context: fc.integer({ min: 1, max: 9 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(sizes, ({ extra, context, seed }) => {
        const tokens = counting(context + 1 + extra);
        const batcher = createBatcher({ tokens, batchSize: 1, context, seed });
        const starts = Array.from({ length: batcher.windowsPerEpoch }, () => batcher.next().inputs[0]!);
        const sorted = starts.toSorted((a, b) => a - b);
        // Neighbouring windows meet, and what is left at either end is less than a window.
        expect(sorted).toEqual(sorted.map((_, k) => sorted[0]! + k * context));
        expect(sorted[0]).toBeLessThan(context);
        expect(tokens.length - 1 - (sorted.at(-1)! + context)).toBeLessThan(context);
      }),
      { seed: 1 },
    );
  });

  it('shuffles, and differently in every epoch and for every seed', () => {
    const orders = [epochOf(1, 0), epochOf(1, 1), epochOf(1, 2), epochOf(2, 0), epochOf(2, 1)];
    expect(new Set(orders).size).toBe(5);
  });

  it('is decided by its options', () => {
    const [a, b] = [createBatcher(options), createBatcher(options)];
    for (let i = 0; i < 20; i++) expect(a.next()).toEqual(b.next());
  });

  it('keeps the order of runs that were begun long ago', () => {
    // From the first version of the batcher; checkpoints count on it.
    const batcher = createBatcher({ tokens: counting(5000), batchSize: 4, context: 16, seed: 3 });
    const hash = createHash('sha256');
    for (let i = 0; i < 200; i++) hash.update(batcher.next().inputs.join());
    expect(hash.digest('hex')).toBe('c719aca5df016118042f37a3b7c1b029776bbb06a9ac0cce8a9d6d63dc5cf20a');
  });

  it('resumes exactly from any state, also through JSON and over the end of an epoch', () => {
    fc.assert(
      fc.property(fc.nat(40), (steps) => {
        const batcher = createBatcher(options);
        for (let i = 0; i < steps; i++) batcher.next();
        const resumed = createBatcher(options);
        resumed.restore(JSON.parse(JSON.stringify(batcher.state())));
        for (let i = 0; i < 15; i++) expect(resumed.next()).toEqual(batcher.next());
      }),
      { seed: 1, numRuns: 30 },
    );
  });

  it('fills a batch larger than the data from several epochs', () => {
    const batcher = createBatcher({ tokens: counting(9), batchSize: 5, context: 8, seed: 1 });
    expect(batcher.windowsPerEpoch).toBe(1);
    expect(batcher.next().inputs).toEqual(Int32Array.from({ length: 40 }, (_, i) => i % 8));
    expect(batcher.state().epoch).toBe(4);
  });

  it('rejects a text shorter than a window, naming the tokens and the minimum', () => {
    expect(() => createBatcher({ ...options, tokens: counting(8) })).toThrow(
      /training part must have at least 9 tokens .* but it has 8/,
    );
  });

  it('rejects bad sizes', () => {
    expect(() => createBatcher({ ...options, batchSize: 0 })).toThrow(
      /batchSize must be a positive whole number, but got 0/,
    );
    expect(() => createBatcher({ ...options, context: 2.5 })).toThrow(
      /context must be a positive whole number, but got 2.5/,
    );
  });

  it.each([
    [{ seed: 6 }, /must have seed 5, but got 6/],
    [{ context: 4 }, /must have context 8, but got 4/],
    [{ tokens: 9 }, /must have tokens 103, but got 9/],
    [{ cursor: 99 }, /cursor must be a whole number from 0 to 1\d, but got 99/],
    [{ epoch: -1 }, /epoch must be a whole number from 0, but got -1/],
  ])('refuses the state of another run: %j', (change, message) => {
    const batcher = createBatcher(options);
    const before = batcher.state();
    expect(() => batcher.restore({ ...before, ...change })).toThrow(message);
    expect(batcher.state()).toEqual(before);
  });
});
