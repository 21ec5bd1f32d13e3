import type { Lab } from '../state/lab.ts';

/** Reads a file that the visitor chose; when the browser cannot, says so and returns undefined. */
export async function readTextFile(
  lab: Lab,
  file: File,
): Promise<{ readonly name: string; readonly text: string } | undefined> {
  try {
    return { name: file.name, text: await file.text() };
  } catch (error) {
    const why = (error as Error).message;
    lab.tell({ tone: 'error', text: `${file.name} cannot be read: ${why}; choose it again, or another one` });
    return undefined;
  }
}
