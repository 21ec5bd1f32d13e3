import type { SafetensorsReader } from '@nibble-ml/llama';
import type { RunRecord } from './run-record.ts';

/** The model of a run as of one of its checkpoints: all that a file for another program is made of. */
export interface StoredModel {
  readonly record: RunRecord;
  /** The text of its `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** What the run has of a model that it was made of, by file name. */
  readonly files: Readonly<Record<string, string>>;
  /** Optimizer steps done. */
  readonly step: number;
  /** The master weights by name. */
  readonly weights: SafetensorsReader;
}
