/**
 * Waits for work that a signal may stop.
 *
 * @returns what the work gave, or undefined when it failed after the signal was aborted
 */
export function unlessAborted<Result>(
  signal: AbortSignal,
  work: Promise<Result>,
): Promise<Result | undefined> {
  return work.catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
}
