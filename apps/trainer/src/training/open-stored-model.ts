import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importedFiles } from '../hugging-face/imported-files.ts';
import { openRun } from '../run/run-folder.ts';
import type { StoredModel } from '../run/stored-model.ts';
import { openCheckpointInUse } from './open-checkpoint-in-use.ts';

/** A model whose file of weights is open. */
export interface OpenStoredModel extends StoredModel {
  /** Closes the file of the weights. */
  close(): void;
}

/**
 * Opens the model of a run on disk.
 *
 * @param step - Of the checkpoint; default the newest, or with `patience` the best.
 * @throws Error when the folder is no run or the checkpoint is damaged
 */
export function openStoredModel(dir: string, step?: number): OpenStoredModel {
  const { record } = openRun(dir);
  const tokenizerJson = readFileSync(join(dir, 'tokenizer.json'), 'utf8');
  const files = importedFiles(dir);
  const checkpoint = openCheckpointInUse(dir, step);
  return {
    record,
    tokenizerJson,
    files,
    step: checkpoint.step,
    weights: checkpoint.weights,
    close: () => checkpoint.close(),
  };
}
