import { memory, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { expectNoLeaks, meterHeap, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectSameBits } from '../../test/expect-same-bits.ts';
import { findModel } from '../config/model-zoo.ts';
import { createLlama } from '../model/create-llama.ts';
import type { Llama } from '../model/create-llama.ts';
import { denseLinear } from '../model/dense-linear.ts';
import { createDecoder } from './decoder.ts';

const CONFIG = { ...findModel('nano'), vocabSize: 50, context: 40 };
const IDS = Array.from({ length: 40 }, (_, i) => (i * i + 3) % 50);

/** Logits after each token of a sequence that is run as a whole. */
async function logitsAtOnce(model: Llama, ids: readonly number[]): Promise<Float32Array> {
  const logits = tidy(() => model.forward(tensor2d([...ids], [1, ids.length], 'int32'), denseLinear));
  const values = await readFloats(logits);
  logits.dispose();
  return values;
}

// What runs on webgpu is tested by generate.test.ts; compiling its shaders once more takes a software adapter a minute.
describe.each(testBackends.filter((name) => name !== 'webgpu'))('createDecoder on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('gives the logits of the whole sequence, whatever pieces it comes in', async () => {
    const model = createLlama(CONFIG, { seed: 3 });
    const expected = await logitsAtOnce(model, IDS);
    await expectNoLeaks(async () => {
      const decoder = createDecoder(model, { linear: denseLinear });
      for (const pieces of [
        [1, 1, 5, 1, 32],
        [17, 1, 1, 1],
      ]) {
        decoder.truncate(0);
        for (const count of pieces) {
          const logits = await decoder.next(IDS.slice(decoder.length, decoder.length + count));
          const row = expected.subarray((decoder.length - 1) * 50, decoder.length * 50);
          expectSameBits(logits, row);
        }
      }
      expect(decoder.length).toBe(20);
      decoder.dispose();
    });
    model.dispose();
  });

  it('goes on from where it was cut', async () => {
    const model = createLlama(CONFIG, { seed: 3 });
    const decoder = createDecoder(model, { linear: denseLinear, maxTokens: 16 });
    await decoder.next(IDS.slice(0, 10));
    const first = await decoder.next([7]);
    await decoder.next([8, 9]);
    decoder.truncate(10);
    expectSameBits(await decoder.next([7]), first);
    decoder.dispose();
    model.dispose();
  });
});

describe('createDecoder', () => {
  it.skipIf(!testBackends.includes('wasm'))(
    'needs no more memory for a token than for the first',
    async () => {
      await useBackend('wasm');
      const model = createLlama(CONFIG, { seed: 3 });
      const decoder = createDecoder(model, { linear: denseLinear });
      const bytes = memory().numBytes;
      await decoder.next([1, 2, 3]);
      const heap = meterHeap();
      const most: number[] = [];
      for (let i = 0; i < 30; i++) {
        await decoder.next([i]);
        most.push(heap.most());
        expect(heap.used()).toBe(0);
      }
      heap.stop();
      expect(new Set(most).size).toBe(1);
      expect(memory().numBytes).toBe(bytes);
      decoder.dispose();
      model.dispose();
    },
  );

  it('refuses what does not fit', async () => {
    await useBackend('cpu');
    const model = createLlama(CONFIG, { seed: 3 });
    expect(() => createDecoder(model, { linear: denseLinear, maxTokens: 41 })).toThrow(
      "createDecoder: maxTokens must be at most 40, the model's context, but got 41",
    );
    const decoder = createDecoder(model, { linear: denseLinear, maxTokens: 2 });
    await expect(decoder.next([])).rejects.toThrow('the number of ids must be an integer of at least 1');
    await expect(decoder.next([50])).rejects.toThrow('Decoder.next: ids must be in 0…49, but got 50');
    await expect(decoder.next([1, 2, 3])).rejects.toThrow(/at most 2 tokens, but got 0 and 3 more/);
    expect(() => decoder.truncate(1)).toThrow('KvCache: length must be at most 0, but got 1');
    decoder.dispose();
    model.dispose();
  });
});
