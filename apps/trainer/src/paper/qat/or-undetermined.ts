import { UnidentifiableError } from '@nibble-ml/scaling-law';

/** What `compute` returns; what `otherwise` makes of the reason where the runs do not determine a law, which is a result too. */
export function orUndetermined<Result>(compute: () => Result, otherwise: (reason: string) => Result): Result {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof UnidentifiableError)) throw error;
    return otherwise(error.message);
  }
}
