import { slice, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import { denseLinear } from '../model/dense-linear.ts';
import { RandomStream } from '../model/random.ts';
import { generate } from './generate.ts';
import { sampleToken } from './sample-token.ts';
import type { SamplingOptions } from './sample-token.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 64, context: 12, nHeads: 4, nKvHeads: 2 };

/** What `generate` promises, without a cache: the whole window is run for each token. */
async function generateSlowly(
  model: Llama,
  prompt: readonly number[],
  count: number,
  options: SamplingOptions,
  seed: number,
): Promise<number[]> {
  const random = new RandomStream(seed, 'generate');
  const created: number[] = [];
  let window = prompt.slice(-CONFIG.context);
  while (created.length < count) {
    const last = tidy(() => {
      const logits = model.forward(tensor2d(window, [1, window.length], 'int32'), denseLinear);
      return slice(logits, [window.length - 1, 0], [1, CONFIG.vocabSize]) as Tensor2D;
    });
    const id = sampleToken(await readFloats(last), options, () => random.uniform());
    last.dispose();
    created.push(id);
    window.push(id);
    if (window.length > CONFIG.context) window = window.slice(-CONFIG.context / 2);
  }
  return created;
}

// The first run on a machine compiles shaders, with other work beside it.
const TIMEOUT = 400_000;

describe.each(testBackends)('generate on %s', { timeout: TIMEOUT }, (backend) => {
  beforeAll(() => useBackend(backend));

  const cases: [string, number, SamplingOptions][] = [
    ['drawn tokens', 1, { temperature: 1.3, topK: 20, topP: 0.9 }],
    ['the likeliest tokens', 3, { temperature: 0 }],
    ['tokens after a prompt longer than the context', 30, { temperature: 1 }],
  ];
  // A software adapter takes long over tfjs's own kernels.
  it.each(backend === 'webgpu' ? cases.slice(0, 1) : cases)(
    'gives %s, as without a cache, past the end of the context',
    async (_, promptLength, sampling) => {
      const prompt = Array.from({ length: promptLength }, (__, i) => (7 * i + 3) % CONFIG.vocabSize);
      await expectNoLeaks(async () => {
        const model = createLlama(CONFIG, { seed: 2 });
        const seen: number[] = [];
        const tokens = await generate(model, prompt, {
          ...sampling,
          maxNewTokens: 25,
          seed: 5,
          linear: denseLinear,
          onToken: (id) => seen.push(id),
        });
        expect(tokens).toEqual(await generateSlowly(model, prompt, 25, sampling, 5));
        expect(seen).toEqual(tokens);
        model.dispose();
      });
    },
  );
});

describe('generate', () => {
  beforeAll(() => useBackend('cpu'));

  it('refuses what does not fit, and cleans up when a layer fails', async () => {
    const model = createLlama(CONFIG, { seed: 2 });
    const options = { maxNewTokens: 1, temperature: 0, seed: 1, linear: denseLinear };
    await expect(generate(model, [], options)).rejects.toThrow(
      'generate: the length of promptIds must be an integer of at least 1, but got 0',
    );
    await expect(generate(model, [64], options)).rejects.toThrow(
      'generate: promptIds must be in 0…63, but got 64',
    );
    await expect(generate(model, [1], { ...options, temperature: -1 })).rejects.toThrow(
      'generate: temperature must be at least 0, but got -1',
    );
    await expect(generate(model, [1], { ...options, topK: 0 })).rejects.toThrow(/topK must be an integer/);
    await expect(generate(model, [1], { ...options, topP: 0 })).rejects.toThrow(/topP must be above 0/);
    await expectNoLeaks(async () => {
      const broken: typeof denseLinear = (x, w, site) => {
        if (site.role === 'head') throw new Error('broken');
        return denseLinear(x, w, site);
      };
      await expect(generate(model, [1, 2], { ...options, linear: broken })).rejects.toThrow('broken');
    });
    model.dispose();
  });
});

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
  it('draws with the probabilities of the softmax', () => {
    expectFrequencies(frequencies({ temperature: 1 }), [0.1, 0.4, 0.3, 0.2]);
  });
  it('sharpens at a low temperature', () => {
    expectFrequencies(frequencies({ temperature: 0.5 }), [1 / 30, 16 / 30, 9 / 30, 4 / 30]);
  });
  it('keeps the top k', () => {
    expectFrequencies(frequencies({ temperature: 1, topK: 2 }), [0, 4 / 7, 3 / 7, 0]);
  });
  it('keeps the smallest set that reaches top p', () => {
    expectFrequencies(frequencies({ temperature: 1, topP: 0.65 }), [0, 4 / 7, 3 / 7, 0]);
    expectFrequencies(frequencies({ temperature: 1, topP: 0.01 }), [0, 1, 0, 0]);
  });
  it('takes the likeliest at temperature 0, the first of equals, without drawing', () => {
    const noDraw = (): never => {
      throw new Error('drawn');
    };
    expect(sampleToken(logits, { temperature: 0 }, noDraw)).toBe(1);
    expect(sampleToken(Float32Array.of(1, 2, 2), { temperature: 0 }, noDraw)).toBe(1);
  });
});
