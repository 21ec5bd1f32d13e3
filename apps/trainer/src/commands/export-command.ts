import type { Command } from 'commander';
import { exportGguf } from '../gguf/export-gguf.ts';
import type { ExportedGguf } from '../gguf/export-gguf.ts';
import { exportTypes } from '../gguf/plan-gguf.ts';
import type { ExportType, WeightChoice, WideType } from '../gguf/plan-gguf.ts';
import { known, numberIn } from './options.ts';

interface ExportOptions {
  readonly to: string;
  readonly type: string;
  readonly weights: string;
  readonly rest: string;
  readonly out?: string;
  readonly step?: string;
  readonly json?: boolean;
}

const targets = ['gguf', 'safetensors'] as const;
const weightChoices: readonly WeightChoice[] = ['quantized', 'master'];
const typeNames = exportTypes.map((type) => type.toLowerCase());
const wideNames = typeNames.filter((type) => !type.endsWith('fp4'));

const HELP = `
Weights: "quantized" are those that the forward product takes at this step of the run, "master" those that the
optimizer keeps. With recipe mxfp4 or nvfp4 and that --type, the file holds the very codes and scales of training;
layers that the recipe keeps in BF16 stay so, and --rest decides on what it leaves in f32: embedding, head. Codes with
a scale per row, as those of fp4-paper, have no type in GGUF: f32 holds their values exactly, f16 nearly.

Examples:
  nibble export runs/NAME --to gguf                     # F32: all that there is
  nibble export runs/NAME --to gguf --type mxfp4        # of a run with recipe mxfp4
  nibble export runs/NAME --to gguf --type mxfp4 --weights master --rest q8_0
  nibble export runs/NAME --to gguf --type f16 --step 500 --out model.gguf
  npx node-llama-cpp complete --model runs/NAME/model-f32.gguf --prompt 'The whale'`;

/** `nibble export`: a run's model as a file for other programs. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description("write a run's model as a file for llama.cpp or Hugging Face transformers")
    .argument('<run>', 'the folder of the run')
    .option('--to <format>', targets.join(' or '), 'gguf')
    .option('--type <type>', typeNames.join(', '), 'f32')
    .option('--weights <which>', weightChoices.join(' or '), 'quantized')
    .option('--rest <type>', `type of what the recipe leaves in f32: ${wideNames.join(', ')}`, 'f32')
    .option('--step <number>', 'the checkpoint (default: the newest, or with patience the best)')
    .option('--out <file>', 'what to write (default: model-TYPE.gguf in the folder of the run)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((run: string, options: ExportOptions) => {
      known('--to', options.to, targets);
      const type = known('--type', options.type.toLowerCase(), typeNames).toUpperCase() as ExportType;
      const rest = known('--rest', options.rest.toLowerCase(), wideNames).toUpperCase() as WideType;
      const weights = known('--weights', options.weights, weightChoices);
      const step = options.step === undefined ? undefined : numberIn('--step', options.step, [0, 1e9], true);
      const exported = exportGguf(run, {
        type,
        rest,
        weights,
        ...(step === undefined ? {} : { step }),
        ...(options.out === undefined ? {} : { out: options.out }),
      });
      if (options.json === true) console.log(JSON.stringify({ run, type, weights, ...exported }));
      else print(exported);
    });
}

function print({ file, bytes, step, recipe, types, bitsPerWeight, notes }: ExportedGguf): void {
  const counts = Object.entries(types).map(([type, count]) => `${count} ${type}`);
  console.log(`wrote ${file}: step ${step}, ${recipe}`);
  console.log(
    `${bytes.toLocaleString('en')} bytes, ${bitsPerWeight.toFixed(2)} bits per weight; tensors: ${counts.join(', ')}`,
  );
  for (const note of notes) console.log(note);
}
