import { basename, resolve } from 'node:path';
import { checkLlamaTensors, countParameters, fromHuggingFaceConfig, parameterChunks } from '@nibble-ml/llama';
import type { LlamaConfig } from '@nibble-ml/llama';
import { openModelFolder } from './model-folder.ts';
import { GENERATION_CONFIG } from './imported-file-names.ts';
import { specialIdFields, specialIdsOf } from './special-ids.ts';
import { writeImportedRun } from './write-imported-run.ts';

/** Options of {@link importHuggingFace}. */
export interface ImportOptions {
  /** Folder of the run, new or empty. */
  readonly out: string;
  /** Tokens in a window to evaluate and train on. Default the model's, at most 2,048. */
  readonly context?: number;
}

/** What was imported. */
export interface Imported {
  /** Folder of the run. */
  readonly run: string;
  readonly modelConfig: LlamaConfig;
  readonly context: number;
  readonly parameters: number;
  /** How many tensors there were of each element type. */
  readonly tensors: Readonly<Record<string, number>>;
}

const MOST_CONTEXT = 2048;

/**
 * Makes a run at step 0 of a LLaMA in a folder as Hugging Face transformers writes it. F16 and BF16 weights are widened,
 * exactly. No device is needed, and no more than 16 MiB of weights are in memory at a time.
 *
 * @throws Error, TypeError, RangeError or SafetensorsError naming the file and the field that is missing, malformed or not
 * computed by Nibble; then nothing is left behind
 */
export function importHuggingFace(folder: string, { out, context }: ImportOptions): Imported {
  const model = openModelFolder(folder);
  try {
    const { config, generationConfig, weights, tokenizerJson, sideFiles } = model;
    const modelConfig = fromHuggingFaceConfig(config, basename(resolve(folder)));
    checkLlamaTensors(weights, modelConfig);
    const ids = specialIdFields(specialIdsOf(config, generationConfig, modelConfig.vocabSize));
    const window = context ?? Math.min(modelConfig.context, MOST_CONTEXT);
    writeImportedRun(
      {
        modelConfig,
        tokenizerJson,
        files: { ...sideFiles, [GENERATION_CONFIG]: `${JSON.stringify(ids, null, 2)}\n` },
        source: `${resolve(folder)}, Hugging Face`,
        chunks: (parameter) => parameterChunks(weights, modelConfig, parameter),
      },
      { out, context: window },
    );
    const tensors: Record<string, number> = {};
    for (const { dtype } of weights.tensors.values()) tensors[dtype] = (tensors[dtype] ?? 0) + 1;
    const parameters = countParameters(modelConfig).total;
    return { run: out, modelConfig, context: window, parameters, tensors };
  } finally {
    model.close();
  }
}
