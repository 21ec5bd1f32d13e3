import type { Fields } from '../records/fields.ts';
import { labelledChoices } from './labelled-choices.ts';
import type { ChoiceDocument } from './task-document.ts';

/** What a reader of a dataset makes of a record: a document without its place. */
export type Choices = Omit<ChoiceDocument, 'kind' | 'where'>;

/** The prompt of lm-evaluation-harness for questions with answers of their own words. */
function questionPrompt(question: string): string {
  return `Question: ${question}\nAnswer:`;
}

/** ARC (arXiv 1803.05457), easy and challenge. */
export function arcDocument(fields: Fields): Choices {
  const { holder, text } = questionOf(fields, 'question');
  return { context: questionPrompt(text), ...labelledChoices(holder, fields) };
}

/** OpenBookQA (arXiv 1809.02789): the question alone, as its choices complete it. */
export function openBookQaDocument(fields: Fields): Choices {
  const { holder, text } = questionOf(fields, 'question_stem');
  return { context: text, ...labelledChoices(holder, fields) };
}

/** AI2 has question and choices in one object; on the Hugging Face hub they are fields of the document. */
function questionOf(fields: Fields, name: string): { holder: Fields; text: string } {
  if (typeof fields.any('question') !== 'object') return { holder: fields, text: fields.text(name) };
  const holder = fields.object('question');
  return { holder, text: holder.text('stem') };
}

/** SciQ (arXiv 1707.06209). The right answer comes last, as in lm-evaluation-harness. */
export function sciqDocument(fields: Fields): Choices {
  const support = fields.text('support').trimStart();
  return {
    context: `${support}\n${questionPrompt(fields.text('question'))}`,
    choices: ['distractor1', 'distractor2', 'distractor3', 'correct_answer'].map((name) => fields.text(name)),
    gold: 3,
  };
}

/** BoolQ (arXiv 1905.10044), also as part of SuperGLUE. */
export function boolqDocument(fields: Fields): Choices {
  const answer = fields.any('answer', 'label');
  return {
    context: `${fields.text('passage')}\nQuestion: ${fields.text('question')}?\nAnswer:`,
    choices: ['no', 'yes'],
    gold: typeof answer === 'boolean' ? Number(answer) : fields.index(['answer', 'label'], 2),
  };
}

/** PIQA (arXiv 1911.11641). */
export function piqaDocument(fields: Fields): Choices {
  return {
    context: questionPrompt(fields.text('goal')),
    choices: [fields.text('sol1'), fields.text('sol2')],
    gold: fields.index(['label'], 2),
  };
}
