import { join } from 'node:path';
import { openStoredModel } from '../training/open-stored-model.ts';
import { replaceFileWith } from './replace-file-with.ts';
import { storedModelGguf } from './stored-model-gguf.ts';
import type { StoredModelGguf, StoredModelGgufOptions } from './stored-model-gguf.ts';

/** Options of {@link exportGguf}. */
export interface ExportGgufOptions extends StoredModelGgufOptions {
  /** Default the checkpoint that `nibble eval` takes. */
  readonly step?: number;
  /** Default `model-TYPE.gguf` in the run's folder. */
  readonly out?: string;
}

/** What was exported. */
export interface ExportedGguf extends Omit<StoredModelGguf, 'byteLength' | 'chunks'> {
  readonly file: string;
  readonly bytes: number;
  readonly step: number;
}

/**
 * Writes the model of a run as a GGUF file for llama.cpp, tokenizer included. Atomic; needs no device.
 *
 * @throws Error when the folder is no run or the checkpoint is damaged; RangeError naming what llama.cpp or the type
 * cannot hold
 */
export function exportGguf(dir: string, options: ExportGgufOptions): ExportedGguf {
  const model = openStoredModel(dir, options.step);
  try {
    const { byteLength, chunks, recipe, types, bitsPerWeight, notes } = storedModelGguf(model, options);
    const file = options.out ?? join(dir, `model-${options.type.toLowerCase()}.gguf`);
    replaceFileWith(file, chunks);
    return { file, bytes: byteLength, step: model.step, recipe, types, bitsPerWeight, notes };
  } finally {
    model.close();
  }
}
