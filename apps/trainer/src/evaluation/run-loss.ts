import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entropyNats, unigramEntropyNats } from '../data/unigram-entropy.ts';
import { evaluate } from '../training/evaluate.ts';
import type { Evaluation } from '../training/evaluate.ts';
import type { TrainedModel } from '../training/load-trained.ts';
import { ownValidation } from './own-validation.ts';
import { readTokens } from './read-tokens.ts';
import type { Scorer } from './score-sequences.ts';
import { textLoss } from './text-loss.ts';

/** The loss of a run's model on a text. */
export interface RunLoss extends Evaluation {
  /** Entropy of single tokens of the text, in nats: what a model that ignores all context could reach. */
  readonly unigramNats: number;
}

/** Options of {@link runLoss}. */
export interface RunLossOptions {
  /** What to evaluate on, as `readTokens` takes it; default the validation part of the run's own data. */
  readonly data?: string | undefined;
  /** The field or column that holds the text of JSONL and Parquet files; default `text`. */
  readonly textField?: string | undefined;
  /** Tokens from one window to the next. */
  readonly stride?: number | undefined;
  /** Told, in words for people, what is read. */
  readonly note: (text: string) => void;
  /** Called with the share of the text that is scored, where its length is known. */
  readonly onProgress: (share: number) => void;
}

/**
 * The loss of a run's model. On the run's own validation part, without a stride, it is that of training: whole windows,
 * each without what came before it. Else each token counts once but for the first of a document; see `textLoss`.
 *
 * @param runDir - the run's folder
 */
export async function runLoss(
  runDir: string,
  trained: TrainedModel,
  scorer: Scorer,
  { data, textField = 'text', stride, note, onProgress }: RunLossOptions,
): Promise<RunLoss> {
  const { model, linears, tokenizer } = trained;
  // Nothing here is left half done: the system may end the process at any time.
  const { signal } = new AbortController();
  if (data === undefined) {
    const tokens = await ownValidation(runDir, { note, signal });
    const unigramNats = unigramEntropyNats(tokens, tokenizer.vocabSize);
    const result =
      stride === undefined
        ? await evaluate({
            model,
            linear: linears.linear,
            tokens,
            tokenizer,
            batchSize: Math.max(1, Math.floor(scorer.batchTokens / model.config.context)),
            onProgress,
          })
        : await textLoss(scorer, [tokens.read(0, tokens.length)], {
            tokenizer,
            stride,
            onProgress: (done) => onProgress(done / tokens.length),
          });
    return { ...result, unigramNats };
  }
  const tokenizerJson = JSON.parse(readFileSync(join(runDir, 'tokenizer.json'), 'utf8')) as object;
  const documents = readTokens(data, { tokenizer, tokenizerJson, textField, note, signal });
  const counts = new Float64Array(tokenizer.vocabSize);
  let read = 0;
  const counted = async function* (): AsyncGenerator<Int32Array> {
    for await (const ids of documents) {
      for (const id of ids) counts[id]!++;
      read += ids.length;
      yield ids;
    }
  };
  const result = await textLoss(scorer, counted(), {
    tokenizer,
    ...(stride === undefined ? {} : { stride }),
    onProgress: (done) => onProgress(done / read),
  });
  return { ...result, unigramNats: entropyNats(counts, read) };
}
