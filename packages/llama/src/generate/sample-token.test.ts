import { describe, expect, it } from 'vitest';
import { RandomStream } from '../model/random.ts';
import { sampleToken } from './sample-token.ts';
import type { SamplingOptions } from './sample-token.ts';

describe('sampleToken', () => {
  const logits = Float32Array.of(Math.log(0.1), Math.log(0.4), Math.log(0.3), Math.log(0.2));
  const frequencies = (options: SamplingOptions): number[] => {
    const random = new RandomStream(1, 'test');
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) counts[sampleToken(logits, options, () => random.uniform())]! += 1e-4;
    return counts;
  };
  const expectFrequencies = (actual: number[], expected: number[]): void => {
    // Five standard errors of a frequency of 10,000 draws.
    for (const [i, p] of expected.entries()) {
      expect(Math.abs(actual[i]! - p)).toBeLessThanOrEqual(5 * Math.sqrt((p * (1 - p)) / 10_000) + 1e-9);
    }
  };
  const noDraw = (): never => {
    throw new Error('drawn');
  };

  it.each<[string, SamplingOptions, number[]]>([
    ['draws with the probabilities of the softmax', { temperature: 1 }, [0.1, 0.4, 0.3, 0.2]],
    ['sharpens at a low temperature', { temperature: 0.5 }, [1 / 30, 16 / 30, 9 / 30, 4 / 30]],
    ['keeps the top k', { temperature: 1, topK: 2 }, [0, 4 / 7, 3 / 7, 0]],
    ['keeps the smallest set that reaches top p', { temperature: 1, topP: 0.65 }, [0, 4 / 7, 3 / 7, 0]],
    ['keeps one token at the least', { temperature: 1, topP: 0.01 }, [0, 1, 0, 0]],
    ['takes top p of what top k left', { temperature: 1, topK: 2, topP: 0.5 }, [0, 1, 0, 0]],
    ['keeps what min p of the likeliest reach', { temperature: 1, minP: 0.45 }, [0, 4 / 9, 3 / 9, 2 / 9]],
    ['takes min p after the temperature', { temperature: 0.5, minP: 0.45 }, [0, 16 / 25, 9 / 25, 0]],
    ['keeps the likeliest at min p of 1', { temperature: 1, minP: 1 }, [0, 1, 0, 0]],
  ])('%s', (_, options, expected) => {
    expectFrequencies(frequencies(options), expected);
  });

  it('takes the likeliest at temperature 0, the first of equals, without drawing', () => {
    expect(sampleToken(logits, { temperature: 0 }, noDraw)).toBe(1);
    expect(sampleToken(Float32Array.of(1, 2, 2), { temperature: 0 }, noDraw)).toBe(1);
  });
  it('cuts equals by id', () => {
    const equals = Float32Array.of(0, 1, 1, 1, 0);
    expect(sampleToken(equals, { temperature: 1, topK: 2 }, () => 0)).toBe(1);
    expect(sampleToken(equals, { temperature: 1, topK: 2 }, () => 1 - 2 ** -32)).toBe(2);
    expect(sampleToken(equals, { temperature: 1, topP: 0.4 }, () => 1 - 2 ** -32)).toBe(2);
  });
  it('takes every token of a large vocabulary where the draw falls', () => {
    const flat = new Float32Array(1000);
    for (const id of [0, 1, 499, 999]) {
      expect(sampleToken(flat, { temperature: 1 }, () => (id + 0.5) / 1000)).toBe(id);
    }
  });
  it('refuses logits of a model that has diverged', () => {
    for (const temperature of [0, 1]) {
      expect(() => sampleToken(Float32Array.of(1, NaN), { temperature }, () => 0)).toThrow(
        'sampleToken: logits must be numbers, but that of id 1 is NaN',
      );
      expect(() => sampleToken(Float32Array.of(1, Infinity), { temperature }, () => 0)).toThrow(
        'sampleToken: the greatest logit must be finite, but it is Infinity (id 1)',
      );
    }
  });
});
