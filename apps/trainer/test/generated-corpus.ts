import { closeSync, openSync, writeSync } from 'node:fs';
import { createRandom } from '../src/data/random.ts';

const latin =
  'a the ba ken lo ri th e sun wha le sea on ing er tion mo by dick ab out ship men cap tain ly whi te har poon de ep wa ter ed es al ma st vo y age'.split(
    ' ',
  );
const greek = ['αλ', 'φη', 'θε', 'ωσ', 'λο', 'γος'];

/** Words that are drawn from; as many as a large vocabulary cannot hold. */
const distinctWords = 50_000;

/**
 * Writes a JSONL file of documents that look like text to a tokenizer: words of syllables, drawn as Zipf has it, in
 * sentences and paragraphs, with numbers, names and some Greek. One document has 10 MB, or a tenth of a small file.
 *
 * @param path - The file.
 * @param bytes - Its size, nearly.
 * @returns bytes of text in it
 */
export function writeGeneratedCorpus(path: string, bytes: number): number {
  const random = createRandom(20_261_122);
  const words = Array.from({ length: distinctWords }, () => {
    const syllables = 1 + random.below(4);
    const letters = random.below(40) === 0 ? greek : latin;
    return Array.from({ length: syllables }, () => letters[random.below(letters.length)]!).join('');
  });
  const draw = (): string => words[Math.floor(distinctWords ** random.uniform()) - 1]!;
  const sentence = (): string => {
    const drawn = Array.from({ length: 4 + random.below(16) }, () =>
      random.below(50) === 0 ? String(random.below(1e6)) : draw(),
    );
    return `${drawn.join(' ')}${random.below(8) === 0 ? '?' : '.'}`;
  };
  const file = openSync(path, 'w');
  let written = 0;
  let text = 0;
  let longDocument = false;
  try {
    while (written < bytes) {
      let wanted = 200 + random.below(4000);
      if (!longDocument && written > bytes / 2) {
        wanted = Math.min(1e7, bytes / 10);
        longDocument = true;
      }
      const parts: string[] = [];
      for (let length = 0; length < wanted; length += parts.at(-1)!.length) {
        parts.push(`${sentence()}${random.below(6) === 0 ? '\n\n' : ' '}`);
      }
      const body = parts.join('');
      text += Buffer.byteLength(body);
      written += writeSync(file, `${JSON.stringify({ id: written, text: body })}\n`);
    }
  } finally {
    closeSync(file);
  }
  return text;
}
