import { dispose, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { scoreTokens } from '@nibble-ml/llama';
import type { LinearOp, Llama, TokenScores } from '@nibble-ml/llama';
import { planBatches, planEachAlone } from './plan-batches.ts';
import type { PlannedBatch } from './plan-batches.ts';
import type { Sequence, SequenceScore } from './sequence.ts';

/** What scores sequences, and how. */
export interface Scorer {
  readonly model: Pick<Llama, 'config' | 'parameters'>;
  readonly linear: LinearOp;
  /** Tokens that are run at once, about. */
  readonly batchTokens: number;
  /** Whether the precision of a row depends on the rows beside it; then each sequence is run by itself. Default false. */
  readonly dependsOnBatch?: boolean;
  /** Throws what the device reported; called after each batch has been read. */
  readonly checkErrors?: () => void;
}

/** Targets of a batch are padded to a multiple of this, so that there are few shapes. */
const TARGETS_STEP = 64;

/**
 * Scores sequences, several at once. The scores do not depend on which are run together: f32, and FP4 with scales per
 * row, treat each token by itself, and padding comes after all that counts.
 *
 * @param onProgress - called after each batch with the share of the work that is done
 * @returns the scores, in the order of the sequences
 * @throws Error when a score is not a number: the model has diverged
 */
export async function scoreSequences(
  scorer: Scorer,
  sequences: readonly Sequence[],
  onProgress?: (share: number) => void,
): Promise<SequenceScore[]> {
  const { config } = scorer.model;
  const batches =
    scorer.dependsOnBatch === true
      ? planEachAlone(sequences)
      : planBatches(sequences, { batchTokens: scorer.batchTokens, maxTokens: config.context });
  const work = batches.reduce((sum, { rows, length }) => sum + rows.length * length, 0);
  const scores: SequenceScore[] = Array.from({ length: sequences.length });
  let done = 0;
  for (const batch of batches) {
    const targets = targetsOf(batch, sequences);
    const { nats, likeliest } = await read(runBatch(scorer, batch, targets));
    scorer.checkErrors?.();
    let at = 0;
    for (const index of batch.rows.flatMap((row) => row.sequences)) {
      let [logLikelihood, isGreedy] = [0, true];
      for (const target of sequences[index]!.targets) {
        logLikelihood -= nats[at]!;
        isGreedy &&= likeliest[at] === target;
        at++;
      }
      if (Number.isNaN(logLikelihood)) {
        throw new Error(
          'scoreSequences: likelihoods must be numbers, but one is NaN; the model has diverged',
        );
      }
      scores[index] = { logLikelihood, isGreedy };
    }
    done += batch.rows.length * batch.length;
    onProgress?.(done / work);
  }
  return scores;
}

interface Targets {
  /** Row `b · length + t` of the input before each target. */
  readonly rows: Int32Array;
  readonly ids: Int32Array;
}

/** The targets of a batch: row by row, of each its sequences, of each its targets in order; then padding. */
function targetsOf({ rows, length }: PlannedBatch, sequences: readonly Sequence[]): Targets {
  const [at, ids]: [number[], number[]] = [[], []];
  for (const [b, row] of rows.entries()) {
    for (const index of row.sequences) {
      const { inputs, targets } = sequences[index]!;
      const first = b * length + inputs.length - targets.length;
      for (const [i, target] of targets.entries()) {
        at.push(first + i);
        ids.push(target);
      }
    }
  }
  const size = Math.ceil(at.length / TARGETS_STEP) * TARGETS_STEP;
  const padded = (values: number[]): Int32Array => {
    const array = new Int32Array(size);
    array.set(values);
    return array;
  };
  return { rows: padded(at), ids: padded(ids) };
}

function runBatch({ model, linear }: Scorer, { rows, length }: PlannedBatch, targets: Targets): TokenScores {
  const tokens = new Int32Array(rows.length * length);
  for (const [b, { inputs }] of rows.entries()) tokens.set(inputs, b * length);
  const tokensBT = tensor2d(tokens, [rows.length, length], 'int32');
  const rowsR = tensor1d(targets.rows, 'int32');
  const targetsR = tensor1d(targets.ids, 'int32');
  try {
    return scoreTokens(model, { tokensBT, rowsR, targetsR, linear });
  } finally {
    dispose([tokensBT, rowsR, targetsR]);
  }
}

async function read({
  nats,
  likeliest,
}: TokenScores): Promise<{ nats: Float32Array; likeliest: Int32Array }> {
  const [values, ids] = await Promise.all([nats.data(), likeliest.data()]);
  nats.dispose();
  likeliest.dispose();
  return { nats: values as Float32Array, likeliest: ids as Int32Array };
}
