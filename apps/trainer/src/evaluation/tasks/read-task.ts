import { existsSync } from 'node:fs';
import { didYouMean } from '../../config/nearest.ts';
import { readText } from '../../data/read-text.ts';
import type { EvaluationRecord } from '../records/evaluation-record.ts';
import { readRecords } from '../records/read-records.ts';
import type { TaskDocument } from './task-document.ts';
import { knownTasks, taskDocument } from './task-formats.ts';

/** A task: what it is called and what it asks. */
export interface Task {
  readonly name: string;
  readonly documents: readonly TaskDocument[];
}

/**
 * Reads a task from a file; see {@link readRecords} and {@link taskDocument}. PIQA's labels may lie in a file of their
 * own beside it, `NAME-labels.lst`, as they are distributed.
 *
 * @param limit - documents at most, the first ones
 * @throws Error naming place and field of what is wrong
 */
export async function readTask(name: string, path: string, limit: number = Infinity): Promise<Task> {
  const records = withLabels(name, path, await readRecords(path)).slice(0, limit);
  if (records.length === 0) throw new Error(`readTask: ${path} must hold documents, but there are none`);
  try {
    return { name, documents: records.map((record) => taskDocument(name, record)) };
  } catch (cause) {
    if (knownTasks.includes(name)) throw cause;
    const { message } = cause as Error;
    throw new Error(
      `${message}. A task called ${name} is read as one of your own, with context or query, choices and gold${didYouMean(name, knownTasks)}`,
      { cause },
    );
  }
}

function withLabels(
  name: string,
  path: string,
  records: readonly EvaluationRecord[],
): readonly EvaluationRecord[] {
  const labelsPath = path.replace(/\.jsonl?$/i, '-labels.lst');
  const first = records[0]?.value;
  const hasLabels = typeof first === 'object' && first !== null && 'label' in first;
  if (name !== 'piqa' || hasLabels || labelsPath === path || !existsSync(labelsPath)) return records;
  const labels = readText(labelsPath).text.trimEnd().split(/\r?\n/);
  if (labels.length !== records.length) {
    throw new Error(
      `readTask: ${labelsPath} must have a label for each of the ${records.length} documents of ${path}, but it has ${labels.length}`,
    );
  }
  return records.map(({ value, where }, i) => ({
    value: Object.assign({}, value, { label: labels[i] }),
    where,
  }));
}
