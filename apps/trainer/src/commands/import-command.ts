import { basename, resolve } from 'node:path';
import type { Command } from 'commander';
import { importGguf } from '../gguf/import-gguf.ts';
import { importHuggingFace } from '../hugging-face/import-hugging-face.ts';
import type { Imported } from '../hugging-face/import-hugging-face.ts';
import { numberIn } from './options.ts';

interface ImportFlags {
  readonly out?: string;
  readonly context?: string;
  readonly json?: boolean;
}

const HELP = `
The folder is one as transformers writes it: config.json of a LlamaForCausalLM, model.safetensors in F32, BF16 or F16
(or shards and their index), tokenizer.json. A GGUF file is one of llama.cpp's LLaMAs in F32, F16, BF16, Q8_0, MXFP4 or
NVFP4, with its tokenizer. Either becomes a run at step 0, with weights in float32, that every other command works on;
what is imported is only read.

Examples:
  nibble import Llama-3.2-1B --out runs/llama
  nibble import model-q8_0.gguf --out runs/llama
  nibble sample runs/llama --prompt 'The whale'
  nibble eval runs/llama --data my.txt --recipe fp4-paper     # what casting it to FP4 costs
  nibble train --init runs/llama --data my.txt --recipe fp4-paper --learning-rate 1e-5
  nibble export runs/NAME --to safetensors                    # back to transformers`;

/** `nibble import`: a model from elsewhere as a run. */
export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('make a run of a LLaMA model of Hugging Face or llama.cpp, to sample from or fine-tune')
    .argument('<source>', 'folder with config.json, model.safetensors and tokenizer.json, or a .gguf file')
    .option('--out <folder>', 'folder of the run, new or empty (default: its name under runs/)')
    .option(
      '--context <tokens>',
      "tokens in a window to evaluate and train on (default: the model's, at most 2048)",
    )
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action((source: string, flags: ImportFlags) => {
      const context =
        flags.context === undefined ? undefined : numberIn('--context', flags.context, [2, 131_072], true);
      const importIt = /\.gguf$/i.test(source) ? importGguf : importHuggingFace;
      const imported = importIt(source, {
        out: flags.out ?? `runs/${basename(resolve(source)).replace(/\.gguf$/i, '')}`,
        ...(context === undefined ? {} : { context }),
      });
      if (flags.json === true) console.log(JSON.stringify({ source, ...imported }));
      else print(imported);
    });
}

function print({ run, modelConfig, parameters, tensors, context }: Imported): void {
  const { nLayers, dim, nHeads, nKvHeads, vocabSize, ropeScaling, tiedEmbeddings } = modelConfig;
  const counts = Object.entries(tensors).map(([dtype, count]) => `${count} ${dtype}`);
  const details = [
    `${nLayers} blocks of width ${dim}`,
    `${nHeads} heads (${nKvHeads} for keys)`,
    `${vocabSize.toLocaleString('en')} tokens`,
    ...(tiedEmbeddings ? ['tied embeddings'] : []),
    ...(ropeScaling === undefined ? [] : [`${ropeScaling.type} angles`]),
  ];
  console.log(`imported ${modelConfig.name} to ${run}: ${parameters.toLocaleString('en')} parameters`);
  console.log(`${details.join(', ')}; tensors: ${counts.join(', ')}; windows of ${context} tokens`);
  console.log(`try it with: nibble sample ${run} --prompt '…'`);
}
