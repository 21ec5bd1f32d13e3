import { withBackendErrors } from '../backend/with-backend-errors.ts';
import type { Batch } from '../data/batcher.ts';
import { secondsOf } from './active-run.ts';
import type { ActiveRun } from './active-run.ts';
import { batchTensors } from './batch-tensors.ts';
import { saveCheckpoint } from './checkpoint-state.ts';
import { evaluate } from './evaluate.ts';
import { findNonFinite } from './find-non-finite.ts';
import { NonFiniteError } from './non-finite-error.ts';
import { recipePhases } from './recipe-phases.ts';
import { openRunLog } from './run-log.ts';
import type { RunLog } from './run-log.ts';
import { sampleRun } from './sample-run.ts';
import { scheduleOf } from './schedule-of.ts';
import { measureLayers } from './telemetry/layer-statistics.ts';
import type { LayersRecord } from './telemetry/layers-record.ts';
import { readOutcome, trainStep } from './train-step.ts';
import type { StepOutcome } from './train-step.ts';

/** Windows of a validation on the way: enough to see the trend, few enough to cost little. */
const EVALUATION_WINDOWS = 32;

interface PendingStep {
  readonly step: number;
  /** `performance.now()` when the step began. */
  readonly startedAt: number;
  readonly learningRate: number;
  readonly outcome: StepOutcome;
}

/**
 * Trains until the config's last step, or until `signal` is aborted or early stopping ends it, with metrics, validations,
 * samples and checkpoints on the way. Ends with a checkpoint.
 *
 * @returns the last step done
 * @throws NonFiniteError when the loss or the gradient is NaN or infinite
 */
export function trainSteps(run: ActiveRun, signal: AbortSignal): Promise<number> {
  return withBackendErrors(run.backend, () => trainUntil(run, signal));
}

async function trainUntil(run: ActiveRun, signal: AbortSignal): Promise<number> {
  const { storage, config, state, observer, resumedAt, earlyStop } = run;
  const learningRateAt = scheduleOf(config);
  const phases = recipePhases(config);
  const blocks = state.model.config.nLayers;
  const log = await openRunLog(storage, { observer, config, blocks, resumedAt });
  const tokensPerStep = config.batchSize * config.context * config.gradientAccumulation;

  // A step is read while the next one is under way, so that a GPU never waits for the host.
  const settle = async (
    { step, learningRate, outcome, startedAt }: PendingStep,
    endedAt = performance.now(),
  ): Promise<void> => {
    const { loss, gradNorm, ...skipped } = await readOutcome(outcome);
    run.backend.checkErrors();
    if (!Number.isFinite(loss) || !Number.isFinite(gradNorm))
      throw await diagnose(run, step, outcome.batches);
    const phase = phases.length > 1 && phases.find(({ stepsDone }) => stepsDone === step - 1);
    if (phase) log.phase(phase);
    const tokensPerSecond = tokensPerStep / ((endedAt - startedAt) / 1000);
    log.step({ step, loss, learningRate, gradNorm, tokensPerSecond, ...skipped });
    // What runs is known once it has run; a report may be wanted long before the end.
    if (step === 1) log.record({ type: 'kernels', step, products: state.linears.gemms() });
  };

  let done = resumedAt;
  let saved = resumedAt;
  const save = async (): Promise<void> => {
    log.sync();
    observer.checkpoint({ step: done, path: await checkpoint(run, done) });
    saved = done;
  };
  let pending: PendingStep | undefined;
  const settlePending = async (): Promise<void> => {
    if (pending !== undefined) await settle(pending);
    pending = undefined;
  };
  try {
    while (done < config.steps && !signal.aborted && !earlyStop.isOver) {
      const step = done + 1;
      const learningRate = learningRateAt(step - 1);
      const startedAt = performance.now();
      const outcome = trainStep(state, config, learningRate);
      if (pending !== undefined) await settle(pending, startedAt);
      pending = { step, startedAt, learningRate, outcome };
      done = step;
      const onTheWay = step < config.steps;
      // The whole text is evaluated at the end, but only like losses can be compared.
      const evaluateNow = onTheWay ? isDue(step, config.evalEvery) : earlyStop.isOn;
      const sampleNow = onTheWay && isDue(step, config.sampleEvery);
      const checkpointNow = isDue(step, config.checkpointEvery);
      if (evaluateNow || sampleNow || checkpointNow) {
        await settlePending();
        const isBest = evaluateNow && (await validate(run, step, log));
        if (sampleNow) log.sample({ step, ...(await sampleRun(run)) });
        if (checkpointNow || isBest) await save();
      }
      await run.nextTurn(settlePending);
    }
    await settlePending();
    if (done > saved) await save();
    return done;
  } finally {
    log.close();
  }
}

/** @returns whether the checkpoint of this step is the best so far and is to be kept */
async function validate(run: ActiveRun, step: number, log: RunLog): Promise<boolean> {
  const { earlyStop } = run;
  const { lossNats: valLoss, bitsPerByte } = await evaluateSome(run);
  const isBest = earlyStop.isOn && earlyStop.observe(step, valLoss);
  const standing = earlyStop.isOn ? { isBest, validationsLeft: earlyStop.validationsLeft } : {};
  log.evaluation({ step, valLoss, bitsPerByte, ...standing });
  if (run.config.layerStatistics) log.layers(await layersOf(run, step));
  return isBest;
}

/** The statistics of the run's layers after `step`. */
export function layersOf({ state, corpus, config }: ActiveRun, step: number): Promise<LayersRecord> {
  const { model, linears } = state;
  const { batchSize, context } = config;
  return measureLayers({ model, linears, tokens: corpus.validation, batchSize, context, step });
}

function isDue(step: number, every: number): boolean {
  return every > 0 && step % every === 0;
}

function evaluateSome({ config, corpus, state }: ActiveRun): ReturnType<typeof evaluate> {
  return evaluate({
    model: state.model,
    linear: state.linears.linear,
    tokens: corpus.validation,
    tokenizer: corpus.tokenizer,
    batchSize: config.batchSize,
    maxWindows: EVALUATION_WINDOWS,
  });
}

function checkpoint(run: ActiveRun, step: number): Promise<string> {
  const { config, corpus, earlyStop } = run;
  return saveCheckpoint(run.storage, step, run.state, {
    dataSha256: corpus.sha256,
    wholeText: corpus.wholeText,
    seconds: secondsOf(run),
    keep: config.keepCheckpoints,
    ...(earlyStop.isOn ? { earlyStop: earlyStop.state } : {}),
  });
}

async function diagnose(run: ActiveRun, step: number, batches: readonly Batch[]): Promise<NonFiniteError> {
  const { state, config, storage } = run;
  let first: string | undefined;
  for (const batch of batches) {
    const { inputsBT, targetsBT } = batchTensors(batch, config.batchSize);
    first ??= await findNonFinite(state.model, state.linears.linear, inputsBT, targetsBT);
    inputsBT.dispose();
    targetsBT.dispose();
  }
  return new NonFiniteError(
    step,
    first ?? 'global gradient norm',
    `try a lower learning rate; the checkpoints in ${storage.name} are from before that, and are as they were`,
  );
}
