import type { Checkpoint, KeepOptions, LoadedCheckpoint } from './checkpoint.ts';
import type { EventWriter } from './event-records.ts';
import type { MetricsRecord, MetricsWriter } from './metrics-lines.ts';

/**
 * Where a run that is under way is kept: a folder on disk in Node, the private file system of a page in a browser. All that
 * training reads and writes goes through it. Whoever makes one holds the run's lock.
 */
export interface RunStorage {
  /** What messages and observers call the run: on disk its folder. */
  readonly name: string;
  /**
   * Returns all whole lines of the metrics, in order; none before there are metrics.
   *
   * @throws Error naming the line that is no JSON object.
   */
  readMetrics(): Promise<MetricsRecord[]>;
  /**
   * Opens metrics and events to go on after a step: metrics of later steps are removed, as the run writes them again.
   *
   * @param step - Steps done; 0 for a new run.
   */
  openLog(step: number): Promise<StoredLog>;
  /** Where the checkpoint of a step is, or would be, for people. */
  checkpointPath(step: number): string;
  /**
   * Writes a checkpoint, whole or not at all however the process ends, and removes old ones.
   *
   * @param step - Optimizer steps done; a checkpoint of the same step is replaced.
   * @returns as {@link checkpointPath}
   * @throws RangeError when `step` or `keep` is out of range or the state holds a number that is not finite; Error when the
   *   system refuses, in which case the earlier checkpoints are untouched.
   */
  writeCheckpoint(step: number, checkpoint: Checkpoint, options: KeepOptions): Promise<string>;
  /**
   * Returns a checkpoint after checking every file against its checksum.
   *
   * @throws CheckpointError naming the file that is missing, torn or changed; Error when there is no such checkpoint.
   */
  readCheckpoint(step: number): Promise<LoadedCheckpoint>;
  /**
   * Writes the report of the run from what is stored.
   *
   * @returns where it is, for people
   */
  writeReport(): Promise<string>;
}

/** The log of a run, open for appending. */
export interface StoredLog {
  /** Whether there was none. A run that was killed before its first checkpoint begins again, but is not new. */
  readonly isNew: boolean;
  readonly metrics: MetricsWriter;
  /** What TensorBoard shows. */
  readonly events: EventWriter;
}
