import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { duration } from './duration.ts';
import type { TrainConfig } from '../config/train-config.ts';
import { recipeOf } from './recipe-of.ts';
import { printable } from './printable.ts';
import { recipePhases } from './recipe-phases.ts';
import type { TrainObserver } from './train-observer.ts';

/** Without a terminal: so many lines for all steps, and one a minute where steps are slow. */
const LINES_WITHOUT_TTY = 20;
const MILLISECONDS_WITHOUT_LINE = 60_000;

/** Shows a person what happens: a progress bar on a terminal, else some twenty lines, or one a minute. */
export function terminalObserver(output: NodeJS.WriteStream): TrainObserver {
  const line = (text: string): void => void output.write(`${text}\n`);
  const bar = output.isTTY
    ? new SingleBar({
        stream: output,
        format: `{bar} {value}/{total}  loss {loss}  {tokensPerSecond} tokens/s  {left} left`,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        stopOnComplete: false,
      })
    : undefined;
  let barShown = false;
  const hideBar = (): void => {
    if (barShown) bar?.stop();
    barShown = false;
  };
  let tokensPerStep = 0;
  let secondsPerStep: number | undefined;
  let meanLoss: number | undefined;
  let lineAt = performance.now();
  return {
    note: (text) => {
      hideBar();
      line(text);
    },
    start: ({ run, config, backend, parameters, nonEmbeddingParameters, resumedAt }) => {
      const [total, inBlocks] = [parameters, nonEmbeddingParameters].map((count) =>
        count.toLocaleString('en'),
      );
      line(`${pc.bold('backend')}  ${backend.name} on ${backend.adapter}: ${backend.reason}`);
      line(`${pc.bold('model')}    ${config.model}, ${total} parameters (${inBlocks} in the blocks)`);
      line(`${pc.bold('recipe')}   ${recipeOf(config).name}${laterPhases(config)}`);
      if (config.preset !== null) line(`${pc.bold('preset')}   ${config.preset}`);
      if (config.init !== null) line(`${pc.bold('init')}     weights, tokenizer and model of ${config.init}`);
      line(`${pc.bold('run')}      ${run}${resumedAt > 0 ? `, resumed after step ${resumedAt}` : ''}`);
      if (config.overfitBatch) {
        line(
          pc.yellow(
            'overfit  the first batch again and again: its loss must fall, and validation means nothing',
          ),
        );
      }
      tokensPerStep = config.batchSize * config.context * config.gradientAccumulation;
    },
    step: ({ step, loss, tokensPerSecond }, total) => {
      secondsPerStep = movingAverage(secondsPerStep, tokensPerStep / tokensPerSecond);
      meanLoss = movingAverage(meanLoss, loss);
      const payload = {
        loss: meanLoss.toFixed(3),
        tokensPerSecond: Math.round(tokensPerSecond).toLocaleString('en'),
        left: duration((total - step) * secondsPerStep),
      };
      if (bar === undefined) {
        const every = Math.max(1, Math.round(total / LINES_WITHOUT_TTY));
        const isLate = performance.now() - lineAt >= MILLISECONDS_WITHOUT_LINE;
        if (step % every === 0 || step === total || isLate) {
          lineAt = performance.now();
          line(
            `step ${step}/${total}  loss ${payload.loss}  ${payload.tokensPerSecond} tokens/s  ${payload.left} left`,
          );
        }
        return;
      }
      if (!barShown) bar.start(total, step, payload);
      barShown = true;
      bar.update(step, payload);
    },
    switched: ({ step, recipe, isLate, description }) => {
      hideBar();
      line(
        `${pc.bold('precision')}  from step ${step} on ${isLate ? `the late part of ${recipe}` : recipe}: ${description}`,
      );
    },
    evaluation: ({ step, valLoss, bitsPerByte, isBest, validationsLeft }) => {
      hideBar();
      const standing =
        isBest === undefined
          ? ''
          : isBest
            ? '; the best so far'
            : `; no better, ${validationsLeft === 0 ? 'so training stops' : `${validationsLeft} more and training stops`}`;
      line(
        pc.dim(
          `step ${step}: validation loss ${valLoss.toFixed(4)} nats per token, ${bitsPerByte.toFixed(4)} bits per byte${standing}`,
        ),
      );
    },
    sampled: ({ step, prompt, continuation }) => {
      hideBar();
      line(`step ${step}: ${pc.dim(printable(prompt))}${printable(continuation)}`);
    },
    checkpoint: () => {},
    stopped: ({ step, bestStep, bestLoss, path }) => {
      hideBar();
      line(
        `\nStopped early after step ${step}: validation has got no better since step ${bestStep}, where the loss was ${bestLoss.toFixed(4)}. The run goes back to that checkpoint:\n  ${path}`,
      );
    },
    interrupted: (run, step) => {
      hideBar();
      if (step === 0) line('\nStopped before the first step.');
      else
        line(
          `\nStopped after step ${step}; a checkpoint was written. Go on with:\n  nibble train --resume ${run}`,
        );
    },
    done: (done) => {
      hideBar();
      const below = done.unigramNats - done.valLoss;
      line('');
      line(
        `${pc.bold('validation loss')}  ${done.valLoss.toFixed(4)} nats per token, ${done.bitsPerByte.toFixed(4)} bits per byte`,
      );
      line(
        `${pc.bold('unigram entropy')}  ${done.unigramNats.toFixed(4)} nats per token: the model is ${Math.abs(below).toFixed(4)} nats ${below >= 0 ? 'below' : 'above'}`,
      );
      line(
        `${pc.bold('trained on')}       ${done.tokens.toLocaleString('en')} tokens in ${done.steps} steps, ${duration(done.seconds)} in all`,
      );
      if (done.best !== undefined)
        line(`${pc.bold('best checkpoint')}  step ${done.best.step}, ${done.best.path}`);
      if (done.overfit !== undefined) {
        const { first, last } = done.overfit;
        line(
          `${pc.bold('one batch')}        loss ${first.toFixed(4)} at the first step, ${last.toFixed(4)} at the last; validation means nothing here`,
        );
      }
      if (done.sample !== undefined) {
        line(
          `\n${pc.bold('sample')}\n${pc.dim(printable(done.sample.prompt))}${printable(done.sample.continuation)}\n`,
        );
      }
      line(`${pc.bold('run folder')}  ${done.run}`);
      line(`${pc.bold('report')}      ${done.report}`);
    },
  };
}

/** The precisions that follow the first one, as the end of a line. */
function laterPhases(config: TrainConfig): string {
  return recipePhases(config)
    .slice(1)
    .map(
      ({ stepsDone, recipe, isLate }) =>
        `; ${isLate ? 'its late part' : recipe.name} from step ${stepsDone + 1} on`,
    )
    .join('');
}

function movingAverage(mean: number | undefined, value: number): number {
  return mean === undefined ? value : 0.9 * mean + 0.1 * value;
}
