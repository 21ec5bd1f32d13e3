import { resolve } from 'node:path';
import { countParameters, readGguf, readLlamaMetadata } from '@nibble-ml/llama';
import type { Imported, ImportOptions } from '../hugging-face/import-hugging-face.ts';
import { GENERATION_CONFIG } from '../hugging-face/imported-file-names.ts';
import { specialIdFields } from '../hugging-face/special-ids.ts';
import { writeImportedRun } from '../hugging-face/write-imported-run.ts';
import { openFileSource } from '../run/file-source.ts';
import { ggufWeights } from './gguf-weights.ts';
import { tokenizerOfGguf } from './tokenizer-of-gguf.ts';

const MOST_CONTEXT = 2048;

/**
 * Makes a run at step 0 of a LLaMA in a GGUF file, tokenizer included. Weights in F16, BF16, Q8_0, MXFP4 and NVFP4 are
 * de-quantized to float32. No device is needed, and no more than 16 MiB of weights are in memory at a time.
 *
 * @throws Error, TypeError or RangeError naming the field of the file that is missing, malformed or not computed by Nibble;
 * then nothing is left behind
 */
export function importGguf(path: string, { out, context }: ImportOptions): Imported {
  const source = openFileSource(path);
  try {
    const file = readGguf(source);
    const model = readLlamaMetadata(file);
    const { config: modelConfig } = model;
    const weights = ggufWeights(file, model);
    const { json, ids } = tokenizerOfGguf(file, modelConfig.vocabSize);
    const window = context ?? Math.min(modelConfig.context, MOST_CONTEXT);
    writeImportedRun(
      {
        modelConfig,
        tokenizerJson: JSON.stringify(json),
        files: { [GENERATION_CONFIG]: `${JSON.stringify(specialIdFields(ids), null, 2)}\n` },
        source: `${resolve(path)}, GGUF`,
        chunks: (parameter) => weights.chunks(parameter),
      },
      { out, context: window },
    );
    const parameters = countParameters(modelConfig).total;
    return { run: out, modelConfig, context: window, parameters, tensors: weights.types };
  } finally {
    source.close();
  }
}
