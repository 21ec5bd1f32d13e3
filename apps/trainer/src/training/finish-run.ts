import { checkpointFolder } from '../run/checkpoint-manifest.ts';
import { openMetrics, readMetrics } from '../run/metrics.ts';
import { unigramEntropyNats } from '../data/unigram-entropy.ts';
import { evaluate } from './evaluate.ts';
import { loadCheckpoint, restoreWeights } from './checkpoint-state.ts';
import { clipRange } from './clip-range.ts';
import { reportRun } from './report-run.ts';
import { sampleRun } from './sample-run.ts';
import type { TrainCheckpoint, TrainDone } from './train-observer.ts';
import { secondsOf } from './train-steps.ts';
import type { ActiveRun } from './train-steps.ts';

/**
 * Evaluates a trained model on the whole validation text, samples from it and writes the report. With early stopping that
 * is the best model so far, not the last.
 *
 * @param steps - optimizer steps done
 * @throws Error when one batch was to be overfitted and its loss has not fallen; the report is written before
 */
export async function finishRun(run: ActiveRun, steps: number): Promise<TrainDone> {
  const { dir, config, corpus, state, observer, backend } = run;
  const best = returnToBest(run, steps);
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
    context: config.context,
  });
  backend.checkErrors();
  const last = { valLoss, bitsPerByte, valTokens };
  recordEnd(dir, steps, {
    ...(best === undefined ? { evaluation: last } : { best: { bestStep: best.step, ...last } }),
    products: { products: state.linears.gemms() },
  });
  const losses = trainLosses(dir);
  const recent = losses.slice(Math.floor(steps * 0.9));
  const done: Omit<TrainDone, 'report'> = {
    run: dir,
    steps,
    tokens: steps * config.batchSize * config.context * config.gradientAccumulation,
    // A single batch's loss is noisy.
    trainLoss: recent.reduce((sum, loss) => sum + loss, 0) / recent.length,
    valLoss,
    bitsPerByte,
    unigramNats: unigramEntropyNats(corpus.validation, corpus.tokenizer.vocabSize),
    sample: config.sampleTokens === 0 ? undefined : await sampleRun(run),
    seconds: secondsOf(run),
    ...(best === undefined ? {} : { best }),
    ...(config.overfitBatch ? { overfit: { first: losses[0]!, last: losses.at(-1)! } } : {}),
  };
  const result = { ...done, report: reportRun(run, done, await clipRange(state.linears.parameters)) };
  observer.done(result);
  requireFall(result);
  return result;
}

/** Puts the weights of the best checkpoint back; undefined where there is no early stopping. */
function returnToBest(
  { dir, state, earlyStop, observer }: ActiveRun,
  steps: number,
): TrainCheckpoint | undefined {
  const { bestStep, bestLoss } = earlyStop.state;
  if (!earlyStop.isOn || bestLoss === null) return undefined;
  const path = checkpointFolder(dir, bestStep);
  if (earlyStop.isOver) observer.stopped({ step: steps, bestStep, bestLoss, path });
  if (bestStep < steps) {
    restoreWeights(state.parameters, loadCheckpoint(dir, bestStep).checkpoint);
    state.linears.weightsChanged(bestStep);
  }
  return { step: bestStep, path };
}

function requireFall({ overfit }: TrainDone): void {
  if (overfit === undefined || overfit.last < overfit.first) return;
  throw new Error(
    `finishRun: the loss of the one batch must fall, but it went from ${overfit.first.toFixed(4)} to ${overfit.last.toFixed(4)}; lower the learning rate or take more steps, else something is broken`,
  );
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

/** The training loss of each step, in nats per token. */
function trainLosses(dir: string): number[] {
  return readMetrics(dir).flatMap(({ type, loss }) => (type === 'step' ? [loss as number] : []));
}
