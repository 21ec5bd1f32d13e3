import type { RunStorage } from '../run/run-storage.ts';
import { unigramEntropyNats } from '../data/unigram-entropy.ts';
import { secondsOf } from './active-run.ts';
import type { ActiveRun } from './active-run.ts';
import { evaluate } from './evaluate.ts';
import { restoreWeights } from './checkpoint-state.ts';
import { clipRange } from './clip-range.ts';
import { validationScalars } from './run-log.ts';
import { sampleRun } from './sample-run.ts';
import { layersEvents } from './telemetry/layers-events.ts';
import type { LayersRecord } from './telemetry/layers-record.ts';
import type { TrainCheckpoint, TrainDone, TrainEvaluation } from './train-observer.ts';
import { layersOf } from './train-steps.ts';

/**
 * Evaluates a trained model on the whole validation text, samples from it and writes the report. With early stopping that
 * is the best model so far, not the last.
 *
 * @param steps - optimizer steps done
 * @throws Error when one batch was to be overfitted and its loss has not fallen; the report is written before
 */
export async function finishRun(run: ActiveRun, steps: number): Promise<TrainDone> {
  const { storage, config, corpus, state, observer, backend } = run;
  const best = await returnToBest(run, steps);
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
    nextTurn: run.nextTurn,
  });
  backend.checkErrors();
  const last = { valLoss, bitsPerByte, valTokens };
  // With early stopping, the step's own validation has measured them.
  const layers = config.layerStatistics && best === undefined ? await layersOf(run, steps) : undefined;
  const sample = config.sampleTokens === 0 ? undefined : await sampleRun(run);
  const losses = await trainLosses(storage);
  const recent = losses.slice(Math.floor(steps * 0.9));
  const done: Omit<TrainDone, 'report'> = {
    run: storage.name,
    steps,
    tokens: steps * config.batchSize * config.context * config.gradientAccumulation,
    // A single batch's loss is noisy.
    trainLoss: recent.reduce((sum, loss) => sum + loss, 0) / recent.length,
    valLoss,
    bitsPerByte,
    unigramNats: unigramEntropyNats(corpus.validation, corpus.tokenizer.vocabSize),
    sample,
    seconds: secondsOf(run),
    ...(best === undefined ? {} : { best }),
    ...(config.overfitBatch ? { overfit: { first: losses[0]!, last: losses.at(-1)! } } : {}),
  };
  const clips = await clipRange(state.linears.parameters);
  await recordEnd(storage, steps, {
    ...(best === undefined ? { evaluation: last } : { best: { bestStep: best.step, ...last } }),
    ...(layers && { layers }),
    ...(sample && { sample }),
    done: { ...summaryOf(done), ...(clips && { clips }) },
    products: { products: state.linears.gemms() },
  });
  const result = { ...done, report: await storage.writeReport() };
  observer.done(result);
  requireFall(result);
  return result;
}

/** Puts the weights of the best checkpoint back; undefined where there is no early stopping. */
async function returnToBest(
  { storage, state, earlyStop, observer }: ActiveRun,
  steps: number,
): Promise<TrainCheckpoint | undefined> {
  const { bestStep, bestLoss } = earlyStop.state;
  if (!earlyStop.isOn || bestLoss === null) return undefined;
  const path = storage.checkpointPath(bestStep);
  if (earlyStop.isOver) observer.stopped({ step: steps, bestStep, bestLoss, path });
  if (bestStep < steps) {
    restoreWeights(state.parameters, await storage.readCheckpoint(bestStep));
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
async function recordEnd(
  storage: RunStorage,
  step: number,
  records: Readonly<Record<string, object>>,
): Promise<void> {
  const there = new Set(
    (await storage.readMetrics()).flatMap((record) => (record.step === step ? [record.type] : [])),
  );
  const missing = Object.entries(records).filter(([type]) => !there.has(type));
  if (missing.length === 0) return;
  const { metrics, events } = await storage.openLog(step);
  for (const [type, fields] of missing) {
    metrics.append({ type, step, ...fields });
    if (type === 'evaluation') events.scalars(validationScalars(fields as TrainEvaluation), step);
    if (type === 'layers') layersEvents(events, fields as LayersRecord);
  }
  metrics.close();
  events.close();
}

/** What a report says of the end. The report's path would be wrong once the run is moved. */
function summaryOf(done: Omit<TrainDone, 'report'>): object {
  const { run: _, sample: __, best, ...summary } = done;
  return { ...summary, ...(best && { bestStep: best.step }) };
}

/** The training loss of each step, in nats per token. */
async function trainLosses(storage: RunStorage): Promise<number[]> {
  const lines = await storage.readMetrics();
  return lines.flatMap(({ type, loss }) => (type === 'step' ? [loss as number] : []));
}
