import { countParameters } from '@nibble-ml/llama';
import { modelConfigOf } from '../../../../src/training/model-config-of.ts';
import { checkpointSteps } from '../opfs/opfs-checkpoints.ts';
import { findFile } from '../opfs/opfs-files.ts';
import { METRICS_FILE } from '../opfs/opfs-storage.ts';
import { readWhileWritten } from '../opfs/read-while-written.ts';
import type { RunState, RunSummary } from '../run-summary.ts';
import { TEXT_FILE } from './stored-run.ts';
import type { StoredRun } from './stored-run.ts';

/** Bytes at the end of the metrics that hold the last step for sure. */
const TAIL_BYTES = 2 ** 18;

/**
 * Returns what a list says of a run.
 *
 * @param live - What it is doing, where that is known; else it is paused or done.
 */
export function summarizeRun(run: StoredRun, live?: RunState): Promise<RunSummary> {
  return readWhileWritten(() => readSummary(run, live));
}

async function readSummary(run: StoredRun, live: RunState | undefined): Promise<RunSummary> {
  const { id, folder, record, note } = run;
  const { config, backend, adapter } = record;
  const { step, isDone } = await endOfMetrics(folder);
  const hasText = (await findFile(folder, TEXT_FILE)) !== undefined;
  return {
    run: id,
    name: note.name,
    createdAt: note.createdAt,
    state: live ?? { type: isDone ? 'done' : 'paused' },
    config,
    backend,
    adapter: adapter['description'] ?? '',
    parameters: countParameters(record.modelConfig ?? modelConfigOf(config, config.vocabSize)).total,
    step,
    savedStep: (await checkpointSteps(folder)).at(-1) ?? 0,
    text: hasText ? 'own' : config.data === null ? 'default' : 'missing',
    textName: note.textName,
  };
}

/** The last step of the metrics, and whether the run has ended there; only the end of the file is read. */
async function endOfMetrics(
  folder: FileSystemDirectoryHandle,
): Promise<{ readonly step: number; readonly isDone: boolean }> {
  const file = await findFile(folder, METRICS_FILE);
  if (file === undefined) return { step: 0, isDone: false };
  const tail = await file.slice(Math.max(0, file.size - TAIL_BYTES)).text();
  // The first line may be cut, the last one torn.
  const lines = tail.split('\n').slice(file.size > TAIL_BYTES ? 1 : 0, -1);
  const records = lines.flatMap(parseLine);
  const step = records.findLast(({ type }) => type === 'step')?.step ?? 0;
  return { step, isDone: records.some((record) => record.type === 'done' && record.step === step) };
}

/** A line that is damaged keeps no run out of the list; who opens the run is told of it. */
function parseLine(line: string): { type?: string; step?: number }[] {
  try {
    return [JSON.parse(line) as { type?: string; step?: number }];
  } catch {
    return [];
  }
}
