import { join } from 'node:path';
import { requireNewFolder } from '../run/run-folder.ts';
import { openStoredModel } from '../training/open-stored-model.ts';
import { huggingFaceFiles } from './hugging-face-files.ts';
import type { HuggingFaceFilesOptions } from './hugging-face-files.ts';
import { putFolder } from './put-folder.ts';
import { writeChunks } from './write-chunks.ts';

/** Options of {@link exportHuggingFace}. */
export interface ExportHuggingFaceOptions extends HuggingFaceFilesOptions {
  /** Step of the checkpoint. Default the newest, or with `patience` the best. */
  readonly step?: number;
}

/** What was exported. */
export interface ExportedHuggingFace {
  readonly folder: string;
  readonly step: number;
  readonly recipe: string;
  /** Names of all files that were written. */
  readonly files: readonly string[];
  readonly parameters: number;
  /** Bytes of weights. */
  readonly bytes: number;
}

/**
 * Writes the model of a run as a folder that `AutoModelForCausalLM` and `AutoTokenizer` of Hugging Face transformers load:
 * `config.json`, `generation_config.json`, `model.safetensors` or shards with their index, and the tokenizer's files. Atomic;
 * needs no device; weights pass through memory in pieces, quantized ones a parameter at a time.
 *
 * @param runDir - Folder of the run
 * @param outFolder - New or empty
 * @throws Error when the folder is no run, the checkpoint is damaged or `outFolder` is not new; RangeError when a weight is
 * beyond the range of the type, or transformers or the type cannot hold the model
 */
export function exportHuggingFace(
  runDir: string,
  outFolder: string,
  options: ExportHuggingFaceOptions = {},
): ExportedHuggingFace {
  requireNewFolder(outFolder);
  const model = openStoredModel(runDir, options.step);
  try {
    const { recipe, parameters, shards, texts } = huggingFaceFiles(model, options);
    let bytes = 0;
    putFolder(outFolder, (folder) => {
      for (const { name, chunks } of shards) bytes += writeChunks(join(folder, name), chunks).bytes;
      for (const [name, text] of Object.entries(texts)) {
        writeChunks(join(folder, name), [new TextEncoder().encode(text)]);
      }
    });
    return {
      folder: outFolder,
      step: model.step,
      recipe,
      files: [...Object.keys(texts), ...shards.map(({ name }) => name)].toSorted(),
      parameters,
      bytes,
    };
  } finally {
    model.close();
  }
}
