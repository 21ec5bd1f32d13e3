// What the worker is doing, as "training a vocabulary on the text: 12 %". A screen reader would never get to the end of
// percentages, so that only the phase is announced.

/** What is being done. */
export function phaseOf(doing: string): string {
  return doing.split(': ', 1)[0]!;
}

/** How far it is, to be put behind; empty where that is not told. */
export function progressOf(doing: string): string {
  return doing.slice(phaseOf(doing).length);
}
