import type { Command } from 'commander';
import { modelZoo } from '@nibble-ml/llama';
import { gradientFormats, recipes } from '@nibble-ml/recipes';
import { loadConfig } from '../config/load-config.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { defaultConfig } from '../config/train-config.ts';
import { jsonObserver } from '../training/json-observer.ts';
import { terminalObserver } from '../training/terminal-observer.ts';
import { resumeRun, trainRun } from '../training/train-run.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { isChangedRecipe } from './options.ts';

const INTERRUPTED = 130;

/** `nibble train`: the main job. */
export function addTrainCommand(program: Command, setExitCode: (code: number) => void): void {
  const d = defaultConfig;
  program
    .command('train')
    .description('train a model on a text, then evaluate it, sample from it and write a report')
    .option('--config <file>', 'TOML or JSON file with settings; flags win over it')
    .option('--model <name>', `a model of "nibble models" (default ${d.model})`)
    .option(
      '--recipe <name>',
      `a recipe of "nibble recipes", or one changed, such as fp4-paper-k3 (default ${d.recipe})`,
    )
    .option(
      '--gradients <format>',
      `${gradientFormats.join(', ')}: what output gradients are rounded to (default: as the recipe says)`,
    )
    .option('--data <file>', 'a UTF-8 text file (default: Moby-Dick)')
    .option('--steps <count>', `optimizer steps (default ${d.steps})`)
    .option('--seed <number>', `seed of weights and data order (default ${d.seed})`)
    .option('--backend <name>', `auto, webgpu, wasm or cpu (default ${d.backend})`)
    .option('--out <folder>', 'folder of the run, new or empty (default: a new one under runs/)')
    .option('--vocab-size <count>', `tokens in the vocabulary that is trained (default ${d.vocabSize})`)
    .option('--context <tokens>', `tokens that the model sees at once (default ${d.context})`)
    .option('--batch-size <count>', `windows in a micro-batch (default ${d.batchSize})`)
    .option('--gradient-accumulation <count>', `micro-batches in a step (default ${d.gradientAccumulation})`)
    .option(
      '--checkpointing <what>',
      `none, or block: run blocks again in the backward pass, to save memory (default ${d.checkpointing})`,
    )
    .option('--learning-rate <number>', `highest learning rate (default ${d.learningRate})`)
    .option('--schedule <name>', `cosine, or wsd: hold the learning rate, then decay (default ${d.schedule})`)
    .option('--weight-decay <number>', `decoupled weight decay (default ${d.weightDecay})`)
    .option('--clip-norm <number>', `global gradient norm to clip at; 0 never clips (default ${d.clipNorm})`)
    .option('--moments <format>', `f32, or mixed: FP8 and FP16, 3 bytes instead of 8 (default ${d.moments})`)
    .option(
      '--gradient-sums <format>',
      `f32, e4m3 or e5m2: gradients between micro-batches (default ${d.gradientSums})`,
    )
    .option(
      '--skip-spikes <deviations>',
      `leave out updates whose loss or gradient norm stands out so far; 0 never (default ${d.skipSpikes})`,
    )
    .option('--eval-every <steps>', `steps between validations; 0: only at the end (default ${d.evalEvery})`)
    .option(
      '--checkpoint-every <steps>',
      `steps between checkpoints; 0: only at the end (default ${d.checkpointEvery})`,
    )
    .option('--sample-tokens <count>', `tokens to sample at the end (default ${d.sampleTokens})`)
    .option('--resume <folder>', 'go on with an interrupted run, to the bits of an uninterrupted one')
    .option('--json', 'print one JSON object per line instead')
    .action(async (options: Record<string, unknown>) => {
      const { json, resume, config: configFile, ...flags } = options;
      const observer =
        json === true
          ? jsonObserver((line) => process.stdout.write(`${line}\n`))
          : terminalObserver(process.stdout);
      const { signal, stop } = abortOnSignals();
      try {
        const result =
          typeof resume === 'string'
            ? await resumeRun(resume, { observer, signal, ...refuseOther(flags, configFile) })
            : await trainRun(
                resolveConfig({
                  file: typeof configFile === 'string' ? loadConfig(configFile) : undefined,
                  flags,
                  models: Object.keys(modelZoo),
                  recipes: recipes.map(({ name }) => name),
                  isChangedRecipe,
                }),
                { observer, signal },
              );
        if (result === undefined) setExitCode(INTERRUPTED);
      } finally {
        stop();
      }
    });
}

/** A resumed run has its config already: another one would make it a different run. */
function refuseOther(flags: Record<string, unknown>, configFile: unknown): object {
  const given = Object.keys(configFile === undefined ? flags : { ...flags, config: configFile });
  if (given.length > 0) {
    const names = given.map((key) => `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`);
    throw new RangeError(
      `--resume goes on with the run's own settings, but ${names.join(', ')} was given; leave it out`,
    );
  }
  return {};
}
