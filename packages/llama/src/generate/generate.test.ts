import { memory, slice, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import { denseLinear } from '../model/dense-linear.ts';
import { RandomStream } from '../model/random.ts';
import { generate, generateTokens } from './generate.ts';
import type { GenerateOptions } from './generate.ts';
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
    ['tokens of at least a share of the likeliest', 5, { temperature: 0.7, minP: 0.3 }],
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
  const options = { maxNewTokens: 1, temperature: 0, seed: 1, linear: denseLinear };
  let model: Llama;
  beforeAll(() => {
    model = createLlama(CONFIG, { seed: 2 });
  });
  afterAll(() => model.dispose());

  it.each<[number[], Partial<GenerateOptions>, RegExp]>([
    [[], {}, /^generate: the length of promptIds must be an integer of at least 1, but got 0/],
    [[64], {}, /^generate: promptIds must be in 0…63, but got 64/],
    [[1], { temperature: -1 }, /^generate: temperature must be at least 0, but got -1/],
    [[1], { topK: 0 }, /^generate: topK must be an integer of at least 1/],
    [[1], { topP: 0 }, /^generate: topP must be above 0/],
    [[1], { minP: 1.5 }, /^generate: minP must be from 0 to 1, but got 1.5/],
    [[1], { idLimit: 0 }, /^generate: idLimit must be an integer of at least 1/],
    [[1], { maxNewTokens: -1 }, /^generate: maxNewTokens must be an integer of at least 0/],
  ])('refuses %j with %o', async (prompt, wrong, message) => {
    await expect(generate(model, prompt, { ...options, ...wrong })).rejects.toThrow(message);
    expect(() => generateTokens(model, prompt, { ...options, ...wrong })).toThrow(message);
  });

  it('cleans up when a layer fails', async () => {
    await expectNoLeaks(async () => {
      const broken: typeof denseLinear = (x, w, site) => {
        if (site.role === 'head') throw new Error('broken');
        return denseLinear(x, w, site);
      };
      await expect(generate(model, [1, 2], { ...options, linear: broken })).rejects.toThrow('broken');
    });
  });

  it('gives tokens one by one, and frees the cache when the caller breaks off', async () => {
    const all = await generate(model, [1, 2], { ...options, maxNewTokens: 8 });
    await expectNoLeaks(async () => {
      const seen: number[] = [];
      for await (const id of generateTokens(model, [1, 2], { ...options, maxNewTokens: 8 })) {
        seen.push(id);
        if (seen.length === 3) break;
      }
      expect(seen).toEqual(all.slice(0, 3));
    });
  });

  it('ends before a stop id, which it does not give out', async () => {
    const drawn = { ...options, temperature: 2, maxNewTokens: 20 };
    const all = await generate(model, [1], drawn);
    const stop = all[7]!;
    expect(await expectNoLeaks(() => generate(model, [1], { ...drawn, stopIds: [stop] }))).toEqual(
      all.slice(0, all.indexOf(stop)),
    );
    expect(await generate(model, [1], { ...drawn, stopIds: [CONFIG.vocabSize] })).toEqual(all);
  });

  it('draws no id at or above a limit', async () => {
    const drawn = { ...options, temperature: 5, maxNewTokens: 40 };
    expect(Math.max(...(await generate(model, [1], drawn)))).toBeGreaterThanOrEqual(9);
    expect(Math.max(...(await generate(model, [1], { ...drawn, idLimit: 9 })))).toBe(8);
  });

  it('ends with the reason of a signal that aborts', async () => {
    const reason = new Error('enough');
    const controller = new AbortController();
    const seen: number[] = [];
    await expectNoLeaks(async () => {
      const run = generate(model, [1], {
        ...options,
        maxNewTokens: 20,
        signal: controller.signal,
        onToken: (id) => {
          if (seen.push(id) === 4) controller.abort(reason);
        },
      });
      await expect(run).rejects.toBe(reason);
    });
    expect(seen).toHaveLength(4);
  });

  it('holds no more memory from token to token', async () => {
    const bytes: number[] = [];
    for await (const id of generateTokens(model, [1, 2, 3], { ...options, maxNewTokens: 30 })) {
      expect(id).toBeLessThan(CONFIG.vocabSize);
      bytes.push(memory().numBytes);
    }
    expect(new Set(bytes).size).toBe(1);
  });
});
