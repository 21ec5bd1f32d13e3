import type { Fields } from '../records/fields.ts';
import type { CompletionDocument } from './task-document.ts';

/** LAMBADA (arXiv 1606.06031): the last word of a passage, after the last space. */
export function lambadaDocument(fields: Fields): Omit<CompletionDocument, 'kind' | 'where'> {
  const text = fields.text('text');
  const space = text.lastIndexOf(' ');
  const [context, completion] = [text.slice(0, Math.max(0, space)), text.slice(space)];
  if (context.trim() === '' || completion.trim() === '') {
    throw fields.wrong(
      'text',
      'words with single spaces between, ending in one',
      `got ${JSON.stringify(text)}`,
    );
  }
  return { context, completion };
}
