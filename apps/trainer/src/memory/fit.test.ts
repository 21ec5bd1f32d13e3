import { findModel } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { findRecipe } from '@nibble-ml/recipes';
import { expectNoLeaks, testBackends, useBackend } from '@nibble-ml/testing';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { formatBytes, parseBytes } from './byte-size.ts';
import { memoryOfDevice } from './device-memory.ts';
import { fitBatch } from './fit-batch.ts';
import { fitRun, RESERVE } from './fit-run.ts';
import { measureStep } from './measure-step.ts';
import { probeWorkingSet } from './probe-working-set.ts';
import { estimateStep } from './step-memory.ts';

const TINY = { ...findModel('tiny'), nLayers: 2 };

describe('parseBytes', () => {
  it.each([
    ['8GB', 8e9],
    ['7.5 GiB', 7.5 * 2 ** 30],
    ['512mib', 512 * 2 ** 20],
    ['1000', 1000],
  ])('reads %s', (text, bytes) => {
    expect(parseBytes('--memory', text)).toBe(bytes);
  });

  it.each(['', '8 bananas', '-1GB', 'GB', '0', '1e9', '0x10'])('refuses %j', (text) => {
    expect(() => parseBytes('--memory', text)).toThrow(/^--memory must be a size such as 8GB/);
  });

  it('is what formatBytes writes, to three digits', () => {
    for (const bytes of [1234, 56_700, 8.9e8, 7.52e9]) {
      expect(Math.abs(parseBytes('', formatBytes(bytes)) / bytes - 1)).toBeLessThan(0.005);
    }
  });
});

describe('memoryOfDevice', () => {
  it('is at most what WebAssembly addresses', () => {
    expect(memoryOfDevice({ name: 'wasm', adapter: 'cpu' }, false, 8e9).bytes).toBe(2 ** 32 - 2 ** 16);
    expect(memoryOfDevice({ name: 'wasm', adapter: 'cpu' }, false, 1e9)).toEqual({
      bytes: 1e9,
      reason: 'as given',
    });
  });

  it('has to be given for a GPU', () => {
    expect(() => memoryOfDevice({ name: 'webgpu', adapter: 'a GPU' }, false)).toThrow(
      '--memory must be given for a GPU, because WebGPU does not tell how much it has; for example --memory 8GB',
    );
    expect(memoryOfDevice({ name: 'webgpu', adapter: 'llvmpipe' }, true).bytes).toBeGreaterThan(0);
  });
});

describe.skipIf(!testBackends.includes('wasm'))('the memory of a step on wasm', { timeout: 60_000 }, () => {
  beforeAll(() => useBackend('wasm'));

  const cases: [string, string, LlamaConfig, Partial<TrainConfig>][] = [
    ['fp4-paper', 'a plain model', TINY, { context: 128, batchSize: 8 }],
    ['f32', 'a wide network', { ...TINY, ffnDim: 704 }, { context: 64, batchSize: 8 }],
    ['quartet', 'blocks run again', TINY, { context: 128, batchSize: 8, checkpointing: 'block' }],
    [
      'fp4-paper',
      'a large vocabulary',
      { ...TINY, vocabSize: 8192 },
      { context: 128, batchSize: 4, checkpointing: 'block' },
    ],
    [
      'nvfp4',
      'coded moments and sums',
      { ...TINY, dim: 192, headDim: 48 },
      { context: 128, batchSize: 4, gradientAccumulation: 2, moments: 'mixed', gradientSums: 'e4m3' },
    ],
  ];
  it.each(cases)('is estimated within a few percent: %s, %s', async (name, _what, shape, changes) => {
    const config = { ...defaultConfig, ...changes };
    const model = { ...shape, context: config.context };
    const recipe = findRecipe(name);
    await expectNoLeaks(async () => {
      const working = await probeWorkingSet(config, model, recipe);
      const { total } = estimateStep(model, recipe, config, config.batchSize, working);
      const measured = await measureStep(config, model, recipe);
      expect(total / measured).toBeGreaterThan(1 - RESERVE.wasm);
      expect(total / measured).toBeLessThan(1.1);
    });
  });

  it('holds for the micro-batch that fits, and not for twice as many windows', async () => {
    const config = { ...defaultConfig, context: 64 };
    const recipe = findRecipe('fp4-paper');
    const memoryBytes = 40e6;
    const { fit, alternatives } = await fitRun({
      config,
      modelConfig: TINY,
      recipes: [recipe],
      tokensPerStep: 64 * 100,
      limits: { memoryBytes, bufferBytes: Infinity },
    });
    const { batchSize, gradientAccumulation, largestBatch } = fit!;
    expect(batchSize * gradientAccumulation).toBe(100);
    expect(batchSize).toBeGreaterThan(10);
    const at = (size: number): Promise<number> =>
      measureStep({ ...config, batchSize: size, gradientAccumulation: 2 }, TINY, recipe);
    expect(await at(largestBatch)).toBeLessThan(memoryBytes * (1 + RESERVE.wasm));
    expect(await at(2 * largestBatch)).toBeGreaterThan(memoryBytes);
    expect(alternatives.map(({ changes }) => changes)).toEqual([]);
  });

  it('names settings that would fit where none does', async () => {
    const { fit, leastBytes, alternatives } = await fitRun({
      config: { ...defaultConfig, context: 512 },
      modelConfig: TINY,
      recipes: [findRecipe('f32')],
      tokensPerStep: 512,
      limits: { memoryBytes: 17e6, bufferBytes: Infinity },
    });
    expect(fit).toBeUndefined();
    expect(leastBytes).toBeGreaterThan(17e6);
    expect(alternatives[0]!.changes).toEqual({ checkpointing: 'block' });
  });
});

describe('fitBatch', () => {
  const recipe = findRecipe('fp4-paper');
  const working = { perRowAndWidth: 4, perBlockWeight: 1, headCopies: 2 };
  const fitOf = (windows: number, memoryBytes: number, bufferBytes = Infinity) =>
    fitBatch(TINY, [{ recipe, working }], { ...defaultConfig, context: 64 }, 64 * windows, {
      memoryBytes,
      bufferBytes,
    });

  it('fills the memory, and makes a step of at least the tokens asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 12, max: 400 }),
        (windows, megabytes) => {
          const fit = fitOf(windows, megabytes * 1e6);
          if (fit === undefined) return;
          expect(fit.memory.total).toBeLessThanOrEqual(megabytes * 1e6);
          expect(fit.batchSize).toBeLessThanOrEqual(fit.largestBatch);
          expect(2 * fit.batchSize).toBeGreaterThanOrEqual(fit.largestBatch);
          expect(fit.tokensPerStep).toBe(64 * fit.batchSize * fit.gradientAccumulation);
          expect(fit.tokensPerStep).toBeGreaterThanOrEqual(64 * windows);
          // At most a window too many for each micro-batch.
          expect(fit.batchSize * fit.gradientAccumulation - windows).toBeLessThan(fit.gradientAccumulation);
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });

  it('divides a step evenly where it can, and spreads it else', () => {
    expect(fitOf(64, 60e6)).toMatchObject({ batchSize: 32, gradientAccumulation: 2 });
    expect(fitOf(101, 60e6)).toMatchObject({ batchSize: 34, gradientAccumulation: 3 });
  });

  it('keeps every tensor within what a buffer may have', () => {
    const bytesOfGates = 4 * 64 * 2 * TINY.ffnDim;
    expect(fitOf(64, 1e9, 8 * bytesOfGates)!.largestBatch).toBe(8);
    expect(fitOf(64, 1e9, 1000)).toBeUndefined();
  });
});
