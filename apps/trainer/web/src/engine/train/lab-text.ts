import type { NamedText } from '../../../../src/data/default-text.ts';
import { EngineProblem } from '../engine-problem.ts';
import type { LabText } from '../protocol.ts';

/** What the default text is called, as in Node. */
export const DEFAULT_TEXT_NAME = 'Moby-Dick';

/**
 * Returns a text; the default one is fetched from this page's own origin.
 *
 * @throws EngineProblem `settings` when it is empty or binary, `text-missing` when it cannot be fetched
 */
export async function readLabText(text: LabText): Promise<NamedText> {
  if (text.type === 'default') return { name: DEFAULT_TEXT_NAME, text: await fetchText(text.url) };
  if (text.text === '') {
    throw new EngineProblem('settings', `${text.name} must hold text, but it is empty; choose another file`);
  }
  if (text.text.includes('\0')) {
    throw new EngineProblem(
      'settings',
      `${text.name} must be plain text, but it is binary; choose another file`,
    );
  }
  return { name: text.name, text: text.text };
}

async function fetchText(url: string): Promise<string> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return await response.text();
  } catch (error) {
    throw new EngineProblem(
      'text-missing',
      `the default text could not be loaded: ${(error as Error).message}; check the connection, or paste a text`,
    );
  }
}
