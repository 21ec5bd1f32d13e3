import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeFloats, encodeHeader, encodeSafetensors, parameterShapes } from '@nibble-ml/llama';
import type { LlamaConfig, ParameterShape } from '@nibble-ml/llama';
import { defaultConfig } from '../config/train-config.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { checkpointFolder } from '../run/checkpoint-folders.ts';
import type { CheckpointManifest } from '../run/checkpoint-manifest.ts';
import { syncFolder } from '../run/durable-file.ts';
import { createRun, requireNewFolder } from '../run/run-folder.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import type { RunProgress } from '../training/checkpoint-state.ts';
import { versions } from '../training/versions.ts';
import { putFolder } from './put-folder.ts';
import { writeChunks } from './write-chunks.ts';
import type { WrittenFile } from './write-chunks.ts';

/** A model from elsewhere. */
export interface ModelToImport {
  readonly modelConfig: LlamaConfig;
  /** The text of a `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** Further files to keep in the run, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Where it came from, for people. */
  readonly source: string;
  /** Gives a parameter's values in row-major order, a piece at a time; each parameter is asked for once, in order. */
  chunks(parameter: ParameterShape): Iterable<Float32Array>;
}

/** Options of {@link writeImportedRun}. */
export interface WriteImportedRunOptions {
  /** Folder of the run, new or empty. */
  readonly out: string;
  /** Tokens in a window to evaluate and train on. */
  readonly context: number;
}

/**
 * Makes a run at step 0 of a model from elsewhere: `config.json`, `tokenizer.json` and one checkpoint with the weights in
 * float32 and nothing else. The weights pass through memory in pieces. After a kill or an error there is the whole run or
 * none.
 *
 * @throws RangeError when the tokenizer has more tokens than the model, the context is longer than the model's, or a weight
 * is not finite; Error when the folder is not new
 */
export function writeImportedRun(model: ModelToImport, { out, context }: WriteImportedRunOptions): void {
  const { modelConfig, tokenizerJson, files, source } = model;
  requireNewFolder(out);
  checkSizes(model, context);
  const config: TrainConfig = { ...defaultConfig, model: modelConfig.name, recipe: 'f32', context };
  putFolder(out, (folder) => {
    const record = {
      config,
      versions: versions(),
      backend: 'none',
      adapter: {},
      modelConfig,
      importedFrom: source,
    };
    createRun(folder, record, { 'tokenizer.json': tokenizerJson, ...files });
    writeFirstCheckpoint(folder, model, config);
  });
}

function checkSizes({ modelConfig, tokenizerJson }: ModelToImport, context: number): void {
  const { vocabSize } = loadTokenizer(JSON.parse(tokenizerJson));
  if (vocabSize > modelConfig.vocabSize) {
    throw new RangeError(
      `writeImportedRun: the model must have a row for each token, but it has ${modelConfig.vocabSize} and tokenizer.json ${vocabSize} tokens; the two do not belong together`,
    );
  }
  if (!(Number.isSafeInteger(context) && context >= 2 && context <= modelConfig.context)) {
    throw new RangeError(
      `writeImportedRun: context must be an integer from 2 to the model's ${modelConfig.context}, but got ${context}`,
    );
  }
}

function writeFirstCheckpoint(runDir: string, model: ModelToImport, { seed, context }: TrainConfig): void {
  const folder = checkpointFolder(runDir, 0);
  mkdirSync(folder, { recursive: true });
  const progress: RunProgress = {
    // Of no data: there is nothing to resume.
    dataSha256: '',
    wholeText: true,
    seconds: 0,
    batcher: { seed, context, tokens: 0, epoch: 0, cursor: 0 },
  };
  const write = (name: string, chunks: Iterable<Uint8Array>): WrittenFile =>
    writeChunks(join(folder, name), chunks);
  const manifest: CheckpointManifest = {
    format: 'nibble-checkpoint',
    version: 1,
    step: 0,
    files: {
      'model.safetensors': write('model.safetensors', weightBytes(model)),
      'optimizer.safetensors': write('optimizer.safetensors', [encodeSafetensors(new Map())]),
      'state.json': write('state.json', [new TextEncoder().encode(JSON.stringify(progress, null, 2))]),
    },
  };
  write('manifest.json', [new TextEncoder().encode(JSON.stringify(manifest, null, 2))]);
  syncFolder(folder);
}

function* weightBytes({ modelConfig, chunks }: ModelToImport): Generator<Uint8Array, void> {
  const parameters = parameterShapes(modelConfig);
  yield encodeHeader(
    parameters.map(({ name, shape }) => ({ name, dtype: 'F32', shape })),
    { format: 'pt' },
  );
  for (const parameter of parameters) {
    for (const chunk of chunks(parameter)) {
      if (!chunk.every(Number.isFinite)) {
        throw new RangeError(
          `writeImportedRun: weights must be finite, but ${parameter.name} has a NaN or an infinity; the model is damaged`,
        );
      }
      yield encodeFloats(chunk, 'F32');
    }
  }
}
