import type { ScalingRecord } from '@nibble-ml/scaling-law';

/** Runs of one model, token budget and seed in several precisions: the same initial weights, the same batches. */
export interface QatCell {
  readonly N: number;
  readonly D: number;
  readonly seed: number;
  /** What each recipe's loss lies above that of f32, in nats per token. */
  readonly errors: ReadonlyMap<string, number>;
}

/** Puts runs together that differ in the recipe alone, and takes the f32 loss away. Runs without a twin are left out. */
export function errorCells(records: readonly ScalingRecord[]): QatCell[] {
  const twins = new Map(
    records
      .filter(({ columns }) => columns?.['recipe'] === 'f32')
      .map((record) => [keyOf(record), record] as const),
  );
  return [...twins].map(([key, twin]) => ({
    N: twin.N,
    D: twin.D,
    seed: twin.seed!,
    errors: new Map(
      records
        .filter((record) => keyOf(record) === key && record !== twin)
        .map(({ columns, loss }) => [columns!['recipe']!, loss - twin.loss] as const),
    ),
  }));
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
