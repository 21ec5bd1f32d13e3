import type { ScalingRecord } from '@nibble-ml/scaling-law';

/** Runs of one model, token budget and seed in several precisions: the same initial weights, the same batches. */
export interface QatCell {
  readonly N: number;
  readonly D: number;
  readonly seed: number;
  /** What each recipe's loss lies above that of f32, in nats per token. */
  readonly errors: ReadonlyMap<string, number>;
}

/** A run in a precision, and what its loss lies above that of its f32 twin, in nats per token. */
export interface ErrorOfRun {
  readonly record: ScalingRecord;
  readonly error: number;
}

/** The error of every run but the f32 ones. Runs without a twin are left out. */
export function errorsOfRuns(records: readonly ScalingRecord[]): ErrorOfRun[] {
  const twins = new Map(
    records
      .filter(({ columns }) => columns?.['recipe'] === 'f32')
      .map((record) => [keyOf(record), record] as const),
  );
  return records.flatMap((record) => {
    const twin = twins.get(keyOf(record));
    return twin === undefined || twin === record ? [] : [{ record, error: record.loss - twin.loss }];
  });
}

/** Puts runs together that differ in the recipe alone. */
export function errorCells(records: readonly ScalingRecord[]): QatCell[] {
  const cells = new Map<string, QatCell & { readonly errors: Map<string, number> }>();
  for (const { record, error } of errorsOfRuns(records)) {
    const { N, D, seed, columns } = record;
    const cell = cells.get(keyOf(record)) ?? { N, D, seed: seed!, errors: new Map() };
    cell.errors.set(columns!['recipe']!, error);
    cells.set(keyOf(record), cell);
  }
  return [...cells.values()];
}

const keyOf = ({ N, D, seed }: ScalingRecord): string => `${N}/${D}/${seed}`;

/** The error of a recipe in a cell. */
export function errorOf({ errors, N, D, seed }: QatCell, recipe: string): number {
  const error = errors.get(recipe);
  if (error !== undefined) return error;
  throw new Error(
    `errorOf: a run of ${recipe} must be there for N ${N}, D ${D}, seed ${seed}; train it first`,
  );
}
