import { join } from 'node:path';
import type { Command } from 'commander';
import { exportGguf } from '../gguf/export-gguf.ts';
import type { ExportedGguf } from '../gguf/export-gguf.ts';
import { exportTypes } from '../gguf/plan-gguf.ts';
import type { ExportType, WeightChoice, WideType } from '../gguf/plan-gguf.ts';
import { exportHuggingFace } from '../hugging-face/export-hugging-face.ts';
import type { ExportedHuggingFace } from '../hugging-face/export-hugging-face.ts';
import { shardSize } from '../hugging-face/shard-size.ts';
import { known, numberIn } from './options.ts';

interface ExportFlags {
  readonly to: string;
  readonly type: string;
  readonly weights?: string;
  readonly rest: string;
  readonly out?: string;
  readonly step?: string;
  readonly maxShardSize?: string;
  readonly json?: boolean;
}

const targets = ['gguf', 'safetensors'] as const;
const weightChoices: readonly WeightChoice[] = ['quantized', 'master'];
const typeNames = exportTypes.map((type) => type.toLowerCase());
const wideNames = typeNames.filter((type) => !type.endsWith('fp4'));
const floatNames = ['f32', 'f16', 'bf16'] as const;

const HELP = `
Weights: "quantized" are those that the forward product takes at this step of the run, "master" those that the
optimizer keeps. With recipe mxfp4 or nvfp4 and that --type, a GGUF file holds the very codes and scales of training;
layers that the recipe keeps in BF16 stay so, and --rest decides on what it leaves in f32: embedding, head. Codes with
a scale per row, as those of fp4-paper, have no type in GGUF: f32 holds their values exactly, f16 nearly.

Examples:
  nibble export runs/NAME --to gguf                     # F32: all that there is
  nibble export runs/NAME --to gguf --type mxfp4        # of a run with recipe mxfp4
  nibble export runs/NAME --to gguf --type mxfp4 --weights master --rest q8_0
  nibble export runs/NAME --to gguf --type f16 --step 500 --out model.gguf
  npx node-llama-cpp complete --gpu false --temperature 0.8 --maxTokens 100 --text 'The whale' runs/NAME/model-f32.gguf
  nibble export runs/NAME --to safetensors --type bf16  # a folder for transformers`;

/** `nibble export`: a run's model as a file for other programs. */
export function addExportCommand(program: Command): void {
  program
    .command('export')
    .description("write a run's model as a file for llama.cpp or a folder for Hugging Face transformers")
    .argument('<run>', 'the folder of the run')
    .option('--to <format>', targets.join(' or '), 'gguf')
    .option('--type <type>', `${typeNames.join(', ')}; safetensors has the first three`, 'f32')
    .option('--weights <which>', `${weightChoices.join(' or ')} (default: quantized, to safetensors master)`)
    .option('--rest <type>', `type of what the recipe leaves in f32: ${wideNames.join(', ')}`, 'f32')
    .option('--step <number>', 'the checkpoint (default: the newest, or with patience the best)')
    .option(
      '--out <path>',
      'what to write (default: in the folder of the run, model-TYPE.gguf or the folder hugging-face)',
    )
    .option('--max-shard-size <size>', 'weights in one file of safetensors, such as 500MB (default: 5GB)')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((run: string, flags: ExportFlags) => {
      const to = known('--to', flags.to, targets);
      const exported = to === 'gguf' ? toGguf(run, flags) : toSafetensors(run, flags);
      if (flags.json === true) console.log(JSON.stringify({ run, to, ...exported }));
      else if ('notes' in exported) printGguf(exported);
      else printSafetensors(exported);
    });
}

function toGguf(run: string, flags: ExportFlags): ExportedGguf {
  if (flags.maxShardSize !== undefined) {
    throw new RangeError('--max-shard-size is for --to safetensors: a GGUF file is one; leave it out');
  }
  const type = known('--type', flags.type.toLowerCase(), typeNames).toUpperCase() as ExportType;
  const rest = known('--rest', flags.rest.toLowerCase(), wideNames).toUpperCase() as WideType;
  return exportGguf(run, { type, rest, ...shared(flags), ...(flags.out && { out: flags.out }) });
}

function toSafetensors(run: string, flags: ExportFlags): ExportedHuggingFace {
  const dtype = known('--type', flags.type.toLowerCase(), floatNames);
  const { out = join(run, 'hugging-face'), maxShardSize } = flags;
  return exportHuggingFace(run, out, {
    dtype,
    ...shared(flags),
    ...(maxShardSize === undefined ? {} : { maxShardSize: shardSize('--max-shard-size', maxShardSize) }),
  });
}

/** The options that both formats have, where they were given. */
function shared({ weights, step }: ExportFlags): { weights?: WeightChoice; step?: number } {
  return {
    ...(weights === undefined ? {} : { weights: known('--weights', weights, weightChoices) }),
    ...(step === undefined ? {} : { step: numberIn('--step', step, [0, 1e9], true) }),
  };
}

function printGguf({ file, bytes, step, recipe, types, bitsPerWeight, notes }: ExportedGguf): void {
  const counts = Object.entries(types).map(([type, count]) => `${count} ${type}`);
  console.log(`wrote ${file}: step ${step}, ${recipe}`);
  console.log(
    `${bytes.toLocaleString('en')} bytes, ${bitsPerWeight.toFixed(2)} bits per weight; tensors: ${counts.join(', ')}`,
  );
  for (const note of notes) console.log(note);
}

function printSafetensors({ folder, bytes, step, recipe, files, parameters }: ExportedHuggingFace): void {
  console.log(`wrote ${folder}: step ${step}, ${recipe}`);
  console.log(
    `${bytes.toLocaleString('en')} bytes, ${((8 * bytes) / parameters).toFixed(2)} bits per weight; ${files.join(', ')}`,
  );
}
