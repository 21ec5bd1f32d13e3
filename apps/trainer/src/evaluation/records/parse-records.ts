import type { EvaluationRecord } from './evaluation-record.ts';

/**
 * The documents of a text: of one that begins with `[` the elements of a JSON array, of a `.txt` its lines, else a JSON
 * value a line. Empty lines are skipped.
 *
 * @param name - what the file is called
 * @throws Error naming file and line of what is no JSON
 */
export function parseRecords(text: string, name: string): EvaluationRecord[] {
  if (/^\s*\[/.test(text)) return arrayElements(text, name);
  const isPlain = /\.txt$/i.test(name);
  return text.split('\n').flatMap((line, i) => {
    const where = `${name}:${i + 1}`;
    const content = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (content.trim() === '') return [];
    return [{ value: isPlain ? { text: content } : parseJson(content, where), where }];
  });
}

function arrayElements(text: string, name: string): EvaluationRecord[] {
  const elements = parseJson(text, name);
  if (!Array.isArray(elements)) {
    throw new Error(`parseRecords: ${name} must hold one JSON object a line, or an array of them`);
  }
  return elements.map((value: unknown, i) => ({ value, where: `${name}, element ${i + 1}` }));
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`parseRecords: ${where} must be JSON, but ${(cause as Error).message}`, { cause });
  }
}
