import { recipeOf } from './recipe-of.ts';
import type { TrainObserver } from './train-observer.ts';

/** 9 significant digits recover every float32. */
export function float32Digits(value: number): number {
  return Number(value.toPrecision(9));
}

/** Writes one JSON object per line. `write` gets each line without its end. */
export function jsonObserver(write: (line: string) => void): TrainObserver {
  const emit = (type: string, fields: object): void => write(JSON.stringify({ type, ...fields }));
  return {
    note: () => {},
    start: ({ run, config, backend, parameters, nonEmbeddingParameters, resumedAt }) =>
      emit('start', {
        run,
        backend: backend.name,
        adapter: backend.adapter,
        recipe: recipeOf(config).name,
        model: config.model,
        parameters,
        nonEmbeddingParameters,
        seed: config.seed,
        steps: config.steps,
        ...(config.preset === null ? {} : { preset: config.preset }),
        ...(config.init === null ? {} : { init: config.init }),
        ...(resumedAt > 0 ? { resumedAt } : {}),
      }),
    step: ({ step, loss, learningRate, gradNorm, tokensPerSecond, ...skipped }) =>
      emit('step', {
        step,
        loss: float32Digits(loss),
        learningRate,
        gradNorm: float32Digits(gradNorm),
        tokensPerSecond: Math.round(tokensPerSecond),
        ...skipped,
      }),
    switched: ({ step, recipe, isLate, products }) => emit('recipe', { step, recipe, isLate, products }),
    evaluation: ({ step, valLoss, bitsPerByte, ...standing }) =>
      emit('evaluation', {
        step,
        valLoss: float32Digits(valLoss),
        bitsPerByte: float32Digits(bitsPerByte),
        ...standing,
      }),
    sampled: (sample) => emit('sample', sample),
    checkpoint: (checkpoint) => emit('checkpoint', checkpoint),
    stopped: ({ bestLoss, ...stop }) => emit('stopped', { ...stop, bestLoss: float32Digits(bestLoss) }),
    interrupted: (run, step) => emit('interrupted', { run, step }),
    done: ({
      run,
      steps,
      tokens,
      trainLoss,
      valLoss,
      bitsPerByte,
      unigramNats,
      seconds,
      sample,
      best,
      overfit,
      report,
    }) =>
      emit('done', {
        run,
        steps,
        tokens,
        trainLoss: float32Digits(trainLoss),
        valLoss: float32Digits(valLoss),
        bitsPerByte: float32Digits(bitsPerByte),
        unigramNats: float32Digits(unigramNats),
        seconds,
        ...(sample === undefined ? {} : { sample }),
        ...(best === undefined ? {} : { best }),
        ...(overfit === undefined ? {} : { overfit }),
        report,
      }),
  };
}
