import type { Fields } from '../records/fields.ts';
import type { Choices } from './question-answer.ts';

/** HellaSwag (arXiv 1905.07830), prepared as in lm-evaluation-harness. */
export function hellaSwagDocument(fields: Fields): Choices {
  const context = `${fields.text('ctx_a')} ${capitalized(fields.text('ctx_b'))}`;
  const choices = fields.texts('endings', 2).map(cleaned);
  return {
    context: cleaned(`${fields.text('activity_label')}: ${context}`),
    choices,
    gold: fields.index(['label'], choices.length),
  };
}

/** Python's `str.capitalize`: the first letter large, all others small. */
function capitalized(text: string): string {
  const [first = '', ...others] = text;
  return first.toUpperCase() + others.join('').toLowerCase();
}

/** Takes out what WikiHow's markup left in the texts. */
function cleaned(text: string): string {
  return text
    .trim()
    .replaceAll(' [title]', '. ')
    .replaceAll(/\[[^\n]*?\]/g, '')
    .replaceAll('  ', ' ');
}
