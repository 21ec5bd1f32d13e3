import { backend as currentBackend, memory } from '@tensorflow/tfjs-core';
import { findModel } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import { gpuSession, meterHeap, seededRandom, testBackends, useBackend } from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { readOutcome, trainStep } from './train-step.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { createTrainingState } from './training-state.ts';

const STEPS = 200;
/** Until every buffer of a step has been allocated once. */
const WARM_UP = 5;
const config: TrainConfig = { ...defaultConfig, context: 16, batchSize: 2, steps: STEPS };
/** Wide enough for rows to have outliers. */
const model = { ...findModel('nano'), dim: 128, ffnDim: 352, context: config.context, vocabSize: 96 };
const random = seededRandom(5);
const tokens = Int32Array.from({ length: 4000 }, () => Math.floor(random() * model.vocabSize));

/** What must not grow: tensors, bytes taken from the device, and those of them that are in use. */
interface Held {
  readonly tensors: number;
  readonly allocatedBytes: number;
  readonly usedBytes: number;
}

describe.each(testBackends.filter((name) => name !== 'cpu'))('training on %s', (name) => {
  beforeAll(() => useBackend(name));

  it.each(['f32', 'fp4-paper'])(
    `holds as much after each of ${STEPS} steps with the recipe %s`,
    async (recipe) => {
      const { read, stop } = meterOf(name);
      const state = createTrainingState(config, model, findRecipe(recipe), tokensInMemory(tokens));
      const held: Held[] = [];
      for (let step = 0; step < STEPS; step++) {
        const { loss } = await readOutcome(trainStep(state, config, 1e-3));
        expect(loss).toBeGreaterThan(0);
        held.push(read());
      }
      state.dispose();
      stop();
      const warm = held[WARM_UP - 1]!;
      expect(warm.usedBytes).toBeGreaterThan(0);
      expect(warm.allocatedBytes).toBeGreaterThanOrEqual(warm.usedBytes);
      expect(held.slice(WARM_UP).filter((later) => JSON.stringify(later) !== JSON.stringify(warm))).toEqual(
        [],
      );
    },
  );
});

/** Reads what the backend holds: GPU buffers, or WebAssembly's memory and what its allocator has given out since. */
function meterOf(name: TestBackend): { read: () => Held; stop: () => void } {
  if (name === 'webgpu') {
    const { bufferManager } = gpuSession()!.backend;
    const read = (): Held => ({
      tensors: memory().numTensors,
      allocatedBytes: bufferManager.numBytesAllocated,
      usedBytes: bufferManager.numBytesUsed,
    });
    return { read, stop: () => undefined };
  }
  const { wasm } = currentBackend() as unknown as WasmBackend;
  const heap = meterHeap();
  const read = (): Held => ({
    tensors: memory().numTensors,
    allocatedBytes: wasm.asm.memory.buffer.byteLength,
    usedBytes: heap.used(),
  });
  return { read, stop: () => heap.stop() };
}
