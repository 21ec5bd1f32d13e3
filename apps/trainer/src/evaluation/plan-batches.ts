import type { Sequence } from './sequence.ts';

/** Rows that are run at once, padded at their ends to the same length. */
export interface PlannedBatch {
  /** Tokens of a row, the padding included. */
  readonly length: number;
  readonly rows: readonly PlannedRow[];
}

/** One row of a batch, and the sequences that it answers. */
export interface PlannedRow {
  readonly inputs: Int32Array;
  /** Indices of sequences whose inputs this row begins with: they cost nothing more. */
  readonly sequences: readonly number[];
}

/** Options of {@link planBatches}. */
export interface PlanOptions {
  /** Tokens of a batch at most, the padding included; a longer row makes a batch by itself. */
  readonly batchTokens: number;
  /** Tokens of a row at most: the model's context. */
  readonly maxTokens: number;
}

/** Lengths of rows are multiples of this, so that there are few shapes. */
const LENGTH_STEP = 16;

/**
 * Plans in which batches sequences are run: longest first, so that memory shows at once whether it will do, and padding
 * is little. As attention looks back only, a sequence whose inputs another one begins with is read off its row: choices
 * of a single token share one row, and so do repeated contexts.
 */
export function planBatches(
  sequences: readonly Sequence[],
  { batchTokens, maxTokens }: PlanOptions,
): PlannedBatch[] {
  const rows = sharedRows(sequences).toSorted((a, b) => b.inputs.length - a.inputs.length);
  const batches: PlannedBatch[] = [];
  for (let first = 0; first < rows.length;) {
    const length = Math.min(maxTokens, Math.ceil(rows[first]!.inputs.length / LENGTH_STEP) * LENGTH_STEP);
    const count = Math.max(1, Math.floor(batchTokens / length));
    batches.push({ length, rows: rows.slice(first, first + count) });
    first += count;
  }
  return batches;
}

/** A batch for each sequence, without padding: for precisions in which rows depend on what else is in the batch. */
export function planEachAlone(sequences: readonly Sequence[]): PlannedBatch[] {
  return sequences.map(({ inputs }, index) => ({
    length: inputs.length,
    rows: [{ inputs, sequences: [index] }],
  }));
}

function sharedRows(sequences: readonly Sequence[]): PlannedRow[] {
  const order = [...sequences.keys()].toSorted((a, b) => compare(sequences[a]!.inputs, sequences[b]!.inputs));
  // In the order of the alphabet all that begin with something follow it at once, the longest last.
  const rows: { inputs: Int32Array; sequences: number[] }[] = [];
  for (const index of order.toReversed()) {
    const { inputs } = sequences[index]!;
    const row = rows.at(-1);
    if (row !== undefined && beginsWith(row.inputs, inputs)) row.sequences.push(index);
    else rows.push({ inputs, sequences: [index] });
  }
  return rows;
}

function compare(a: Int32Array, b: Int32Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

function beginsWith(whole: Int32Array, beginning: Int32Array): boolean {
  return beginning.length <= whole.length && beginning.every((id, i) => id === whole[i]);
}
