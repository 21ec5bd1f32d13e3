import type { EvaluationRecord } from '../records/evaluation-record.ts';
import { fieldsOf } from '../records/fields.ts';
import type { Fields } from '../records/fields.ts';
import { customDocument } from './custom.ts';
import { hellaSwagDocument } from './hellaswag.ts';
import { lambadaDocument } from './lambada.ts';
import {
  arcDocument,
  boolqDocument,
  openBookQaDocument,
  piqaDocument,
  sciqDocument,
} from './question-answer.ts';
import type { Choices } from './question-answer.ts';
import type { TaskDocument } from './task-document.ts';

const choiceTasks: Readonly<Record<string, (fields: Fields) => Choices>> = {
  arc_easy: arcDocument,
  arc_challenge: arcDocument,
  boolq: boolqDocument,
  hellaswag: hellaSwagDocument,
  openbookqa: openBookQaDocument,
  piqa: piqaDocument,
  sciq: sciqDocument,
};

const completionTasks: readonly string[] = ['lambada', 'lambada_openai', 'lambada_standard'];

/** The tasks whose files are read in their datasets' own layouts, by the names of lm-evaluation-harness. */
export const knownTasks: readonly string[] = [...Object.keys(choiceTasks), ...completionTasks].toSorted();

/**
 * Reads a document in the layout of a task's dataset; of an unknown task, in our own.
 *
 * @throws Error naming place and field of what is wrong
 */
export function taskDocument(task: string, record: EvaluationRecord): TaskDocument {
  const fields = fieldsOf(record);
  const { where } = record;
  if (completionTasks.includes(task)) return { kind: 'completion', where, ...lambadaDocument(fields) };
  const read = Object.hasOwn(choiceTasks, task) ? choiceTasks[task]! : customDocument;
  const document = read(fields);
  // An empty one has no likelihood, and no length to divide it by.
  const empty = document.choices.indexOf('');
  if (empty >= 0)
    throw new Error(`${where}: choice ${empty + 1} must have at least one character, but is empty`);
  return { kind: 'choices', where, ...document };
}
