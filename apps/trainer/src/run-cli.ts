import { readFileSync } from 'node:fs';
import { enableProdMode } from '@tensorflow/tfjs-core';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { addDoctorCommand } from './commands/doctor-command.ts';
import { addEvalCommand } from './commands/eval-command.ts';
import { addExportCommand } from './commands/export-command.ts';
import { addFitCommand } from './commands/fit-command.ts';
import { addImportCommand } from './commands/import-command.ts';
import { addLabCommand } from './commands/lab-command.ts';
import { addModelsCommand } from './commands/models-command.ts';
import { addPaperCommand } from './commands/paper-command.ts';
import { addPlanCommand } from './commands/plan-command.ts';
import { addPresetsCommand } from './commands/presets-command.ts';
import { addRecipesCommand } from './commands/recipes-command.ts';
import { addReportCommand } from './commands/report-command.ts';
import { addSampleCommand } from './commands/sample-command.ts';
import { addSweepCommand } from './commands/sweep-command.ts';
import { addTokenizeCommand } from './commands/tokenize-command.ts';
import { addTrainCommand } from './commands/train-command.ts';
import { addWorkerCommand } from './commands/worker-command.ts';

/**
 * Runs the `nibble` command.
 *
 * @param args - what follows the command's name
 * @returns the exit code: 0, 1 for an error (one message on stderr), or 130 when it was interrupted
 */
export async function runCli(args: readonly string[]): Promise<number> {
  // Also silences tfjs's advice to install its native Node backend.
  enableProdMode();
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const program = new Command('nibble')
    .description('Train LLaMA models in 4-bit floating point (FP4), on the GPU through WebGPU or on the CPU.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(nibble --help lists the commands)')
    .configureOutput({ outputError: (message, write) => write(pc.red(message)) })
    .addHelpText(
      'after',
      '\nExamples:\n  nibble train\n  nibble train --data my.txt --recipe fp4-paper\n  nibble doctor',
    );
  let exitCode = 0;
  const setExitCode = (code: number): void => {
    exitCode = code;
  };
  addTrainCommand(program, setExitCode);
  addTokenizeCommand(program, setExitCode);
  addEvalCommand(program);
  addSampleCommand(program, setExitCode);
  addReportCommand(program);
  addLabCommand(program);
  addModelsCommand(program);
  addPresetsCommand(program);
  addRecipesCommand(program);
  addImportCommand(program);
  addExportCommand(program);
  addSweepCommand(program, setExitCode);
  addWorkerCommand(program);
  addFitCommand(program);
  addPlanCommand(program);
  addPaperCommand(program, setExitCode);
  addDoctorCommand(program, setExitCode);
  for (const command of program.commands)
    command.exitOverride().showHelpAfterError(`(nibble ${command.name()} --help lists the options)`);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // commander has printed its own message by now.
    if (error instanceof CommanderError) return error.exitCode;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${pc.red('error:')} ${message}\n`);
    if (process.env['NIBBLE_DEBUG'] !== undefined && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return 1;
  }
}
