import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checkpointSteps } from '../run/checkpoint-folders.ts';
import { replaceFile } from '../run/durable-file.ts';
import { readMetrics } from '../run/metrics.ts';
import type { PlannedRun } from './planned-run.ts';

/** Where a run became NaN or infinite; it would do so again. */
export interface Divergence {
  readonly step: number;
  /** The first tensor that was not finite. */
  readonly tensor: string;
}

/** How far a run is. */
export type RunState =
  | { readonly status: 'new' }
  | { readonly status: 'started'; readonly step: number }
  | { readonly status: 'finished' }
  | { readonly status: 'diverged'; readonly divergence: Divergence };

const divergenceSchema = z.object({ step: z.number(), tensor: z.string() });
const divergencePath = (dir: string): string => join(dir, 'diverged.json');

/** Writes down that a run diverged, so that it is not trained to there again. */
export function recordDivergence(dir: string, { step, tensor }: Divergence): void {
  replaceFile(divergencePath(dir), `${JSON.stringify({ step, tensor })}\n`);
}

/**
 * Returns how far a planned run is. One that was killed before its first checkpoint counts as new.
 *
 * @throws Error when its metrics are damaged.
 */
export function runStateOf({ dir, config }: PlannedRun): RunState {
  if (existsSync(divergencePath(dir))) {
    const divergence = divergenceSchema.parse(JSON.parse(readFileSync(divergencePath(dir), 'utf8')));
    return { status: 'diverged', divergence };
  }
  const step = checkpointSteps(dir).at(-1);
  if (step === undefined) return { status: 'new' };
  const isFinished = readMetrics(dir).some(({ type }) => type === 'products');
  return step === config.steps && isFinished ? { status: 'finished' } : { status: 'started', step };
}
