import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { encodePair } from './encode-pair.ts';
import { meanMetric, perplexityMetric } from './metrics.ts';
import type { Metric } from './metrics.ts';
import { scoreSequences } from './score-sequences.ts';
import type { Scorer } from './score-sequences.ts';
import { sequenceOf } from './sequence.ts';
import type { Sequence, SequenceScore } from './sequence.ts';
import type { Task } from './tasks/read-task.ts';
import type { ChoiceDocument, TaskDocument } from './tasks/task-document.ts';

/** What goes between a context and a choice. */
const DELIMITER = ' ';

/** How a model does at a task. */
export interface TaskResult {
  readonly name: string;
  readonly documents: number;
  /** Documents of which the beginning was left out, because they are longer than the model's context. */
  readonly truncated: number;
  /**
   * By name, as in lm-evaluation-harness: of choices `acc`, the likeliest is right; `acc_norm`, that with the greatest
   * log-likelihood per character; `acc_bytes`, per byte of UTF-8. Of completions `acc`, each token is the likeliest, and
   * `perplexity` of a completion.
   */
  readonly metrics: Readonly<Record<string, Metric>>;
}

/**
 * Has a model do a task without examples, by the likelihoods of what may follow: no text is generated.
 *
 * @throws Error naming the place of a document that cannot be scored
 */
export async function runTask(
  scorer: Scorer,
  tokenizer: Pick<Tokenizer, 'encode' | 'endOfTextId'>,
  { name, documents }: Task,
  onProgress?: (share: number) => void,
): Promise<TaskResult> {
  const maxTokens = scorer.model.config.context;
  const questions = documents.map((document) => questionOf(document, tokenizer, maxTokens));
  const all = questions.flatMap(({ sequences }) => sequences);
  const scores = await scoreSequences(scorer, all, onProgress);
  let at = 0;
  const scoresOf = questions.map(({ sequences }) => scores.slice(at, (at += sequences.length)));
  return {
    name,
    documents: documents.length,
    truncated: questions.filter(({ isTruncated }) => isTruncated).length,
    metrics: metricsOf(documents, scoresOf),
  };
}

interface Question {
  readonly sequences: readonly Sequence[];
  readonly isTruncated: boolean;
}

function questionOf(
  document: TaskDocument,
  tokenizer: Pick<Tokenizer, 'encode' | 'endOfTextId'>,
  maxTokens: number,
): Question {
  const continuations =
    document.kind === 'choices'
      ? document.choices.map((choice) => DELIMITER + choice)
      : [document.completion];
  let isTruncated = false;
  const sequences = continuations.map((continuation) => {
    const { contextIds, continuationIds } = placed(document.where, () =>
      encodePair(tokenizer, document.context, continuation),
    );
    if (continuationIds.length > maxTokens) {
      throw new Error(
        `${document.where}: a continuation must have at most ${maxTokens} tokens, the model's context, but ${JSON.stringify(continuation.slice(0, 40))}... has ${continuationIds.length}`,
      );
    }
    isTruncated ||= contextIds.length + continuationIds.length > maxTokens + 1;
    return sequenceOf(contextIds, continuationIds, maxTokens);
  });
  return { sequences, isTruncated };
}

function placed<Result>(where: string, body: () => Result): Result {
  try {
    return body();
  } catch (cause) {
    throw new Error(`${where}: ${(cause as Error).message}`, { cause });
  }
}

function metricsOf(
  documents: readonly TaskDocument[],
  scoresOf: readonly (readonly SequenceScore[])[],
): Record<string, Metric> {
  if (documents[0]?.kind === 'completion') {
    return {
      acc: meanMetric(scoresOf.map(([score]) => Number(score!.isGreedy))),
      perplexity: perplexityMetric(scoresOf.map(([score]) => score!.logLikelihood)),
    };
  }
  const right = (lengthOf: (choice: string) => number): Metric =>
    meanMetric(
      documents.map((document, i) => {
        const { choices, gold } = document as ChoiceDocument;
        const values = choices.map((choice, c) => scoresOf[i]![c]!.logLikelihood / lengthOf(choice));
        return Number(firstGreatest(values) === gold);
      }),
    );
  return {
    acc: right(() => 1),
    // Python counts code points.
    acc_norm: right((choice) => [...choice].length),
    acc_bytes: right((choice) => new TextEncoder().encode(choice).length),
  };
}

function firstGreatest(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
