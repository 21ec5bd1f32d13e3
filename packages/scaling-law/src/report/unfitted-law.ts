import type { ComparedLaw } from '../fit/compare-laws.ts';

/** A law that could not be fitted to the runs of the others, in its place among them. */
export interface UnfittedLaw {
  /** Name of the law. */
  readonly law: string;
  /** Why: the message of the error, which says what the runs lack. */
  readonly notFitted: string;
}

/** A sentence, without its full stop, for each law that could not be fitted. */
export function unfittedNotes(compared: readonly (ComparedLaw | UnfittedLaw)[] = []): string[] {
  return compared.flatMap((law) =>
    'notFitted' in law ? [`${law.law} could not be fitted to these runs: ${law.notFitted}`] : [],
  );
}
