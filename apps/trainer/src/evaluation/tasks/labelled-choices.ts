import type { Fields } from '../records/fields.ts';

/** Choices with labels, and the label of the right one. */
export interface LabelledChoices {
  readonly choices: readonly string[];
  readonly gold: number;
}

/**
 * Reads choices as AI2 distributes them, a list of `{ text, label }`, or as the Hugging Face hub has them, one list of
 * texts and one of labels. `answerKey` names the label of the right one.
 *
 * @param holder - what has the field `choices`
 * @param record - what has the field `answerKey`
 */
export function labelledChoices(holder: Fields, record: Fields): LabelledChoices {
  const found = holder.any('choices');
  const [choices, labels] = Array.isArray(found)
    ? listOfObjects(holder, found)
    : listsOf(holder.object('choices'));
  const key = record.text('answerKey').trim();
  const gold = labels.indexOf(key);
  if (gold < 0) {
    throw record.wrong('answerKey', `one of the labels ${labels.join(', ')}`, `got ${JSON.stringify(key)}`);
  }
  return { choices, gold };
}

function listOfObjects(holder: Fields, list: readonly unknown[]): [string[], string[]] {
  const texts = (key: 'text' | 'label'): string[] =>
    list.map((each, i) => {
      const value: unknown = typeof each === 'object' && each !== null ? Reflect.get(each, key) : undefined;
      if (typeof value === 'string') return value;
      throw holder.wrong(
        `choices[${i}].${key}`,
        'a text',
        value === undefined ? 'there is none' : `got ${JSON.stringify(value)}`,
      );
    });
  return [texts('text'), texts('label')];
}

function listsOf(choices: Fields): [string[], string[]] {
  const texts = choices.texts('text', 2);
  const labels = choices.texts('label', 2);
  if (labels.length !== texts.length) {
    throw choices.wrong('label', `as long as the ${texts.length} texts`, `there are ${labels.length}`);
  }
  return [texts, labels];
}
