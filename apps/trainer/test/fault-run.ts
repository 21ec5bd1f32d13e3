import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultConfig } from '../src/config/train-config.ts';
import type { TrainConfig } from '../src/config/train-config.ts';
import { defaultText } from '../src/data/default-text.ts';
import { checkpointFolder, checkpointSteps } from '../src/run/checkpoint-folders.ts';
import type { CheckpointManifest } from '../src/run/checkpoint-manifest.ts';
import { readMetrics } from '../src/run/metrics.ts';

/** Settings of a run that takes a second: every kind of line, and a checkpoint every other step. */
export const faultConfig: TrainConfig = {
  ...defaultConfig,
  model: 'nano',
  // Stochastic rounding, random signs and learned factors: whatever a resumed run could get wrong.
  recipe: 'quartet',
  context: 32,
  vocabSize: 300,
  batchSize: 2,
  steps: 8,
  evalEvery: 3,
  checkpointEvery: 2,
  keepCheckpoints: 2,
  sampleTokens: 4,
  backend: 'wasm',
};

/** The same as arguments of `nibble train`. */
export const faultArgs: readonly string[] = [
  '--model nano --recipe quartet --context 32 --vocab-size 300 --batch-size 2 --eval-every 3',
  '--checkpoint-every 2 --keep-checkpoints 2 --sample-tokens 4 --backend wasm',
].flatMap((line) => line.split(' '));

/** Writes the text that {@link faultConfig} is trained on, and returns its path. */
export function writeText(folder: string): string {
  const path = join(folder, 'text.txt');
  writeFileSync(path, defaultText().text.slice(0, 20_000));
  return path;
}

/** What must be the same to the bit, however often a run was interrupted. */
export interface Outcome {
  /** Step, loss and gradient norm of every step. */
  readonly steps: readonly (readonly unknown[])[];
  /** Step and loss of every validation. */
  readonly evaluations: readonly (readonly unknown[])[];
  /** The layers' statistics, without the time they took. */
  readonly layers: readonly unknown[];
  /** Names and hashes of the last checkpoint's weights and moments. */
  readonly checkpoint: readonly unknown[];
}

/** Reads the outcome of a finished run. */
export function outcomeOf(dir: string): Outcome {
  const lines = readMetrics(dir);
  const step = checkpointSteps(dir).at(-1)!;
  const manifest = JSON.parse(
    readFileSync(join(checkpointFolder(dir, step), 'manifest.json'), 'utf8'),
  ) as CheckpointManifest;
  return {
    steps: lines.flatMap((line) => (line.type === 'step' ? [[line.step, line.loss, line.gradNorm]] : [])),
    evaluations: lines.flatMap((line) => (line.type === 'evaluation' ? [[line.step, line.valLoss]] : [])),
    layers: lines.flatMap((line) => (line.type === 'layers' ? [[line.step, line.layers]] : [])),
    checkpoint: [
      step,
      manifest.files['model.safetensors'].sha256,
      manifest.files['optimizer.safetensors'].sha256,
    ],
  };
}

/** Hashes of all files below a folder by name, so that a change of any can be told. */
export function fingerprint(dir: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(dir, { recursive: true }).map(String).toSorted()) {
    const path = join(dir, name);
    if (statSync(path).isFile()) found[name] = createHash('sha256').update(readFileSync(path)).digest('hex');
  }
  return found;
}
