/** How often files that change while they are read are read again. */
const TRIES = 20;

/**
 * Reads files of a run that may be training: it replaces checkpoints and appends to its metrics, and a browser refuses to
 * read what has changed since it was opened. Then it is read anew.
 */
export async function readWhileWritten<Result>(read: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await read();
    } catch (error) {
      if (!isChange(error) || tries === TRIES) throw error;
    }
  }
}

function isChange(error: unknown): boolean {
  return (
    error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'NotReadableError')
  );
}
