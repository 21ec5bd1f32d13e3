import type { Command } from 'commander';
import pc from 'picocolors';
import { presets } from '../config/presets.ts';
import type { Preset } from '../config/presets.ts';

/** `nibble presets`: lists the presets of `nibble train`, with what each sets. */
export function addPresetsCommand(program: Command): void {
  program
    .command('presets')
    .description('list the presets of "nibble train --preset", with what each sets')
    .option('--json', 'print them as JSON')
    .addHelpText('after', '\nExamples:\n  nibble presets\n  nibble train --preset quick --seed 2')
    .action(({ json }: { json?: boolean }) => {
      console.log(json === true ? JSON.stringify(presets, null, 2) : presets.map(describe).join('\n\n'));
    });
}

function describe({ name, description, values }: Preset): string {
  const settings = Object.entries(values).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return [`${pc.bold(name)}  ${description}`, ...settings.map((line) => `  ${line}`)].join('\n');
}

/** The presets in a few lines, for the help of a command. */
export function presetsHelp(): string {
  const width = Math.max(...presets.map(({ name }) => name.length));
  return presets.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`).join('\n');
}
