import { argMax, concat, reshape, slice, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { perTokenLoss } from '../cross-entropy/cross-entropy.ts';
import { embedding } from '../embedding/embedding.ts';
import { checkTensor } from '../kernel/check-tensor.ts';
import type { Llama } from '../model/create-llama.ts';
import { blockAttention, forwardHidden, headLogits } from '../model/forward.ts';
import { headChunkRows } from '../model/head-loss.ts';
import type { LinearOp } from '../model/linear-op.ts';

/** What a model makes of chosen tokens; the caller disposes both. */
export interface TokenScores {
  /** float32 `[R]`: the negative log-likelihood of each target. */
  readonly nats: Tensor1D;
  /** int32 `[R]`: the likeliest token in each target's place, the first of equals. */
  readonly likeliest: Tensor1D;
}

/** Options of {@link scoreTokens}. */
export interface ScoreTokensOptions {
  /** int32 `[B, T]`; sequences are padded at their ends, with any tokens: what comes later changes no score. */
  readonly tokensBT: Tensor2D;
  /** int32 `[R]`: the row `b · T + t` of the token that goes before each target. */
  readonly rowsR: Tensor1D;
  /** int32 `[R]`: the tokens to be scored, in `[0, V)` */
  readonly targetsR: Tensor1D;
  /** What computes the linear layers. */
  readonly linear: LinearOp;
}

/**
 * Scores chosen tokens of some sequences. The head runs only on the rows that are asked for, a chunk of them at a time.
 * Forward only.
 *
 * @throws RangeError when T exceeds the model's context, there is not one target for each row, or an id or a row is out
 * of range (cpu, wasm)
 * @throws TypeError when a dtype is not int32
 */
export function scoreTokens(
  model: Pick<Llama, 'config' | 'parameters'>,
  { tokensBT, rowsR, targetsR, linear }: ScoreTokensOptions,
): TokenScores {
  const { context, vocabSize, dim } = model.config;
  checkTensor('scoreTokens', 'tokensBT', tokensBT, 'int32', 2);
  checkTensor('scoreTokens', 'rowsR', rowsR, 'int32', 1);
  checkTensor('scoreTokens', 'targetsR', targetsR, 'int32', 1);
  const count = rowsR.shape[0];
  if (tokensBT.shape[1] > context || tokensBT.size === 0) {
    throw new RangeError(
      `scoreTokens: sequences must have 1 to ${context} tokens, the model's context, but got shape [${tokensBT.shape.join(', ')}]; cut them`,
    );
  }
  if (count !== targetsR.shape[0] || count === 0) {
    throw new RangeError(
      `scoreTokens: there must be one target for each row, at least one, but got ${count} rows and ${targetsR.shape[0]} targets`,
    );
  }
  const [nats, likeliest] = tidy(() => {
    const attention = blockAttention(model.config, tokensBT);
    const hidden = forwardHidden(model, reshape(tokensBT, [-1]), linear, attention);
    const chosen = embedding(rowsR, hidden);
    const chunkRows = headChunkRows(vocabSize);
    const parts = Array.from({ length: Math.ceil(count / chunkRows) }, (_, i) => {
      const first = i * chunkRows;
      const size = Math.min(chunkRows, count - first);
      return tidy(() => {
        const logits = headLogits(model, slice(chosen, [first, 0], [size, dim]), linear);
        const losses = perTokenLoss(logits, slice(targetsR, first, size));
        return [losses, argMax(logits, 1) as Tensor1D] as [Tensor1D, Tensor1D];
      });
    });
    const joined = (which: 0 | 1): Tensor1D => {
      const pieces = parts.map((part) => part[which]);
      return pieces.length === 1 ? pieces[0]! : concat(pieces, 0);
    };
    return [joined(0), joined(1)] as [Tensor1D, Tensor1D];
  });
  return { nats, likeliest };
}
