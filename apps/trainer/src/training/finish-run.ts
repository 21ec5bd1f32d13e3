import { generate } from '@nibble-ml/llama';
import { openMetrics, readMetrics } from '../run/metrics.ts';
import { unigramEntropyNats } from '../data/unigram-entropy.ts';
import { evaluate } from './evaluate.ts';
import { clipRange } from './clip-range.ts';
import { reportRun } from './report-run.ts';
import type { Sample, TrainDone } from './train-observer.ts';
import { secondsOf } from './train-steps.ts';
import type { ActiveRun } from './train-steps.ts';

const PROMPT_TOKENS = 16;

/** Evaluates a trained model on the whole validation text, samples from it and writes the report. */
export async function finishRun(run: ActiveRun): Promise<TrainDone> {
  const { dir, config, corpus, state, observer, backend } = run;
  const {
    lossNats: valLoss,
    bitsPerByte,
    tokens: valTokens,
  } = await evaluate({
    model: state.model,
    linear: state.linears.linear,
    tokens: corpus.validation,
    tokenizer: corpus.tokenizer,
    batchSize: config.batchSize,
  });
  backend.checkErrors();
  recordEnd(dir, config.steps, {
    evaluation: { valLoss, bitsPerByte, valTokens },
    products: { products: state.linears.gemms() },
  });
  const done: Omit<TrainDone, 'report'> = {
    run: dir,
    steps: config.steps,
    tokens: config.steps * config.batchSize * config.context * config.gradientAccumulation,
    trainLoss: recentTrainLoss(dir, config.steps),
    valLoss,
    bitsPerByte,
    unigramNats: unigramEntropyNats(corpus.validation, corpus.tokenizer.vocabSize),
    sample: await sampleOf(run),
    seconds: secondsOf(run),
  };
  const result = { ...done, report: reportRun(run, done, await clipRange(state.linears.parameters)) };
  observer.done(result);
  return result;
}

/** Continues the first tokens of the validation text, which the model has not seen. */
async function sampleOf({ config, corpus, state }: ActiveRun): Promise<Sample | undefined> {
  if (config.sampleTokens === 0) return undefined;
  const prompt = corpus.validation.read(0, Math.min(PROMPT_TOKENS, corpus.validation.length));
  const ids = await generate(state.model, prompt, {
    maxNewTokens: config.sampleTokens,
    temperature: config.temperature,
    seed: config.seed,
    linear: state.linears.linear,
  });
  return { prompt: corpus.tokenizer.decode(prompt), continuation: corpus.tokenizer.decode(ids) };
}

/**
 * Adds the last validation to the metrics, and what each matrix product ran in, unless a finished run is resumed and
 * has them.
 */
function recordEnd(dir: string, step: number, records: Readonly<Record<string, object>>): void {
  const there = new Set(readMetrics(dir).flatMap((record) => (record.step === step ? [record.type] : [])));
  const missing = Object.entries(records).filter(([type]) => !there.has(type));
  if (missing.length === 0) return;
  const metrics = openMetrics(dir, step);
  for (const [type, fields] of missing) metrics.append({ type, step, ...fields });
  metrics.close();
}

/** The mean over the last tenth of the steps: a single batch's loss is noisy. */
function recentTrainLoss(dir: string, steps: number): number {
  const losses = readMetrics(dir)
    .filter(({ type, step }) => type === 'step' && (step as number) > steps * 0.9)
    .map(({ loss }) => loss as number);
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}
