import type { Fields } from '../records/fields.ts';
import type { Choices } from './question-answer.ts';

/** A document of one's own: `{ context or query, choices, gold }`. A space goes before each choice. */
export function customDocument(fields: Fields): Choices {
  const choices = fields.texts('choices', 2);
  return { context: fields.text('context', 'query'), choices, gold: fields.index(['gold'], choices.length) };
}
