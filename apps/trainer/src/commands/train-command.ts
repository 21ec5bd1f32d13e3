import type { Command } from 'commander';
import { modelZoo } from '@nibble-ml/llama';
import { recipes } from '@nibble-ml/recipes';
import { loadConfig } from '../config/load-config.ts';
import { presets } from '../config/presets.ts';
import { resolveConfig } from '../config/resolve-config.ts';
import { flagOf } from '../config/written-setting.ts';
import { jsonObserver } from '../training/json-observer.ts';
import { terminalObserver } from '../training/terminal-observer.ts';
import { settingsOfInit } from '../training/init-run.ts';
import { resumeRun } from '../training/resume-run.ts';
import { trainRun } from '../training/train-run.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { isChangedRecipe, numberIn } from './options.ts';
import { presetsHelp } from './presets-command.ts';
import { addSettingOptions } from './train-options.ts';

const INTERRUPTED = 130;
const STEPS = [0, 1_000_000_000] as const;

/** `nibble train`: the main job. */
export function addTrainCommand(program: Command, setExitCode: (code: number) => void): void {
  const command = program
    .command('train')
    .description('train a model on a text, then evaluate it, sample from it and write a report')
    .option('--config <file>', 'TOML or JSON file with settings; flags win over it')
    .option('--preset <name>', 'settings for a purpose, listed below; flags and the file win over it')
    .option('--resume <run>', 'go on with an interrupted run, to the bits of an uninterrupted one')
    .option(
      '--from-step <step>',
      'with --resume: go back to this checkpoint, 0 being the start; later ones are set aside',
    )
    .option('--json', 'print one JSON object per line instead');
  addSettingOptions(command)
    .addHelpText(
      'after',
      `\nPresets:\n${presetsHelp()}\n\nExamples:\n  nibble train --preset quick\n  nibble train --data my.txt --model tiny --recipe fp4-paper --steps 1000\n  nibble train --recipe fp4-paper --late-recipe bf16 --late-recipe-at 0.9\n  nibble train --init runs/base --data more.txt --preset finetune\n  nibble train --config run.toml --seed 2\n  nibble train --resume runs/base --from-step 200`,
    )
    .action(async (options: Record<string, unknown>) => {
      const { json, resume, fromStep, config: configFile, ...flags } = options;
      const step = typeof fromStep === 'string' ? numberIn('--from-step', fromStep, STEPS, true) : undefined;
      if (step !== undefined && typeof resume !== 'string') {
        throw new RangeError('--from-step needs the run that it is a step of; give it with --resume');
      }
      const observer =
        json === true
          ? jsonObserver((line) => process.stdout.write(`${line}\n`))
          : terminalObserver(process.stdout);
      const { signal, stop } = abortOnSignals();
      try {
        const result =
          typeof resume === 'string'
            ? await resumeRun(resume, {
                observer,
                signal,
                fromStep: step,
                ...refuseOther(flags, configFile),
              })
            : await trainRun(
                resolveConfig({
                  file: typeof configFile === 'string' ? loadConfig(configFile) : undefined,
                  flags,
                  presets,
                  inherit: settingsOfInit,
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
    throw new RangeError(
      `--resume goes on with the run's own settings, but ${given.map(flagOf).join(', ')} was given; leave it out`,
    );
  }
  return {};
}
