// What a worker would say, made up: runs with curves, capabilities of browsers.
import { defaultConfig } from '../../../apps/trainer/src/config/train-config.ts';
import type { MetricsLine } from '../../../apps/trainer/web/src/engine/metrics-line.ts';
import type { RunContents } from '../../../apps/trainer/web/src/engine/protocol.ts';
import type { LayerChoice, RunState, RunSummary } from '../../../apps/trainer/web/src/engine/run-summary.ts';
import type { GridHistogram, HistogramEvent } from '../../../apps/trainer/web/src/engine/engine-event.ts';
import type { Capabilities } from '../../../apps/trainer/web/src/engine/capabilities.ts';
import { noWebGpu } from '../../../apps/trainer/web/src/engine/device/no-web-gpu.ts';
import { countParameters, modelZoo } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';

/** A browser with a GPU. */
export const capable: Capabilities = {
  isSecure: true,
  webgpu: { available: true, adapter: 'Example GPU', software: false },
  wasm: { available: true, relaxedSimd: true },
  defaultBackend: 'webgpu',
  hasStorage: true,
  catalog: {
    models: ['nano', 'micro', 'tiny'].map((name) => ({
      name,
      config: modelZoo[name]!,
      parameters: countParameters(modelZoo[name]!).total,
    })),
    recipes: recipes.map(({ name, description, source, layer: { weights } }) => ({
      name,
      description,
      source,
      dgeK: 'estimator' in weights && weights.estimator.name === 'dge' ? weights.estimator.k : null,
    })),
    defaults: {
      model: 'tiny',
      recipe: 'fp4-paper',
      vocabSize: 1024,
      context: 128,
      batchSize: 8,
      steps: 300,
      learningRate: 2e-3,
      seed: 1,
      evalEvery: 50,
      checkpointEvery: 50,
      sampleEvery: 100,
      sampleTokens: 100,
    },
  },
};

/** A browser without WebGPU. */
export const withoutGpu: Capabilities = {
  ...capable,
  webgpu: { available: false, message: noWebGpu.adapter },
  defaultBackend: 'wasm',
};

const roles = ['qkv', 'o', 'fc1', 'fc2'] as const;
const blocks = [0, 1, 2, 3];

/** The layers of `tiny`. */
export const layers: readonly LayerChoice[] = blocks.flatMap((block) =>
  roles.map((role) => ({ role, block })),
);

/** A run in a list. */
export function summaryOf(
  recipe: string,
  step: number,
  state: RunState = { type: 'paused' },
  more: Partial<RunSummary> = {},
): RunSummary {
  return {
    run: `run-${recipe}`,
    name: recipe,
    createdAt: 0,
    state,
    config: { ...defaultConfig, recipe },
    backend: 'webgpu',
    adapter: 'Example GPU',
    parameters: 987_392,
    step,
    savedStep: step - (step % 50),
    text: 'default',
    textName: 'Moby-Dick',
    ...more,
  };
}

/** A run with a curve that falls to `floor` nats, noisy as those of small batches are. */
export function contentsOf(summary: RunSummary, floor: number): RunContents {
  const isQuantized = summary.config.recipe !== 'f32';
  const lines = Array.from({ length: summary.step }, (_, i): MetricsLine[] => {
    const step = i + 1;
    const loss = floor + (6.93 - floor) * Math.exp(-step / 55);
    const noise = 0.09 * Math.sin(step * 12.9898) * Math.cos(step * 78.233);
    const isEvaluated = step % 50 === 0;
    return [
      {
        type: 'step',
        step,
        loss: loss + noise,
        learningRate: 2e-3,
        gradNorm: 0.5 + 2.5 * Math.exp(-step / 20) + Math.abs(noise),
        tokensPerSecond: 14_200 + 1800 * noise - (isQuantized ? 2600 : 0),
      },
      ...(isEvaluated ? evaluated(step, loss, isQuantized, summary.config.recipe === 'fp4-paper') : []),
      ...(step % 100 === 0 ? [{ ...sample, step }] : []),
    ];
  });
  return { summary, lines: lines.flat(), layers };
}

const sample = {
  type: 'sample',
  prompt: 'It was',
  continuation:
    ' the whale, and the sea of the ship was a strange thing in the night of the captain, that he had been to the head of the boats; and so the old man, with the last of the wind.',
} as const;

function evaluated(step: number, loss: number, isQuantized: boolean, isClamped: boolean): MetricsLine[] {
  return [
    { type: 'evaluation', step, valLoss: loss + 0.06, bitsPerByte: (loss + 0.06) / 2.1 },
    {
      type: 'layers',
      step,
      tokens: 1024,
      seconds: 0.1,
      layers: layers.map(({ role, block }) => ({
        role,
        block,
        weightsDecibels: isQuantized ? 19.5 + 0.6 * Math.sin(block * 3 + role.length) - step / 400 : null,
        activationsDecibels: isQuantized ? (isClamped ? 20 : 17.5) - block / 3 - step / 200 : null,
        outlierShare: isClamped ? 0.014 + block / 900 : null,
        histogram: Array.from({ length: 48 }, (_, bin) =>
          Math.round(900 * Math.exp(-(((bin - 23.5) / 9) ** 2))),
        ),
      })),
    },
  ];
}

/** A picture of a layer. */
export function histogramOf(
  run: string,
  layer: LayerChoice,
  step: number,
  isClamped: boolean,
): HistogramEvent {
  return {
    type: 'histogram',
    run,
    layer,
    step,
    weights: gridHistogram(1.9, null),
    activations: gridHistogram(1.55, isClamped ? { low: -5.31, high: 5.74 } : null),
  };
}

function gridHistogram(spread: number, thresholds: GridHistogram['thresholds']): GridHistogram {
  const start = -12;
  const counts = Array.from({ length: 96 }, (_, bin) => {
    const x = start + (bin + 0.5) * 0.25;
    const tail = thresholds === null ? 0 : 40 / (1 + x * x);
    return Math.abs(x) > 6 && thresholds === null
      ? 0
      : Math.round(8000 * Math.exp(-((x / spread) ** 2) / 2) + tail);
  });
  const edges = [-6, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 6];
  const codeCounts = edges.map((code, index) => {
    const low = index === 0 ? -Infinity : (edges[index - 1]! + code) / 2;
    const high = index === 14 ? Infinity : (code + edges[index + 1]!) / 2;
    return counts.reduce((sum, count, bin) => {
      const x = start + (bin + 0.5) * 0.25;
      return x >= low && x < high ? sum + count : sum;
    }, 0);
  });
  return {
    start,
    binWidth: 0.25,
    counts,
    codeCounts,
    thresholds,
    clippedShare: thresholds === null ? 0 : 0.0141,
    decibels: thresholds === null ? 19.8 : 20.6,
  };
}
