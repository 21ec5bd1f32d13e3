import type { Command } from 'commander';
import { generate } from '@nibble-ml/llama';
import { chooseBackend } from '../backend/choose-backend.ts';
import { loadTrained } from '../training/load-trained.ts';
import { printable } from '../training/printable.ts';
import { backendRequest, numberIn, recipeName } from './options.ts';

interface SampleOptions {
  readonly prompt: string;
  readonly tokens: string;
  readonly temperature: string;
  readonly seed: string;
  readonly topK?: string;
  readonly topP?: string;
  readonly recipe?: string;
  readonly backend: string;
  readonly json?: boolean;
}

/** `nibble sample`: text from a prompt. */
export function addSampleCommand(program: Command): void {
  program
    .command('sample')
    .description("continue a prompt with a run's newest checkpoint")
    .argument('<run>', 'the folder of the run')
    .option('--prompt <text>', 'what to continue', '\n')
    .option('--tokens <count>', 'tokens to write', '200')
    .option('--temperature <number>', '0 takes the likeliest token', '0.8')
    .option('--top-k <count>', 'choose among the k likeliest tokens')
    .option('--top-p <share>', 'choose among the likeliest tokens of this probability')
    .option('--seed <number>', 'the same seed gives the same text', '1')
    .option('--recipe <name>', "precision to compute in (default: the run's own)")
    .option('--backend <name>', 'auto, webgpu, wasm or cpu', 'auto')
    .option('--json', 'print the result as JSON')
    .action(async (run: string, options: SampleOptions) => {
      const maxNewTokens = numberIn('--tokens', options.tokens, [1, 1_000_000], true);
      const temperature = numberIn('--temperature', options.temperature, [0, 100], false);
      const seed = numberIn('--seed', options.seed, [0, 2 ** 32 - 1], true);
      const limits = {
        ...(options.topK === undefined
          ? {}
          : { topK: numberIn('--top-k', options.topK, [1, 1_000_000], true) }),
        ...(options.topP === undefined ? {} : { topP: numberIn('--top-p', options.topP, [0, 1], false) }),
      };
      if (options.prompt === '')
        throw new RangeError('--prompt must have at least one character, but it is empty');
      if (options.recipe !== undefined) recipeName(options.recipe);
      const backend = await chooseBackend(backendRequest(options.backend));
      const { model, linears, tokenizer } = loadTrained(run, options.recipe);
      const promptIds = tokenizer.encode(options.prompt);
      const ids = await generate(model, promptIds, {
        maxNewTokens,
        temperature,
        seed,
        linear: linears.linear,
        ...limits,
      });
      backend.checkErrors();
      const text = tokenizer.decode(ids);
      if (options.json === true) console.log(JSON.stringify({ run, prompt: options.prompt, text, seed }));
      else console.log(`${options.prompt}${printable(text)}`);
    });
}
