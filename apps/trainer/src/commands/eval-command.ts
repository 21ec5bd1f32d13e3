import type { Command } from 'commander';
import { chooseBackend } from '../backend/choose-backend.ts';
import { readText } from '../data/read-text.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { splitText } from '../data/split-text.ts';
import { unigramEntropyNats } from '../data/unigram-entropy.ts';
import { backendRequest, recipeName } from './options.ts';
import { evaluate } from '../training/evaluate.ts';
import { float32Digits } from '../training/json-observer.ts';
import { loadTrained } from '../training/load-trained.ts';
import { textOf } from '../training/prepare.ts';

interface EvalOptions {
  readonly data?: string;
  readonly recipe?: string;
  readonly backend: string;
  readonly json?: boolean;
}

/** `nibble eval`: loss, perplexity and bits per byte of a run's newest checkpoint. */
export function addEvalCommand(program: Command): void {
  program
    .command('eval')
    .description("evaluate a run's newest checkpoint: loss, perplexity, bits per byte")
    .argument('<run>', 'the folder of the run')
    .option('--data <file>', "a UTF-8 text file (default: the validation part of the run's own text)")
    .option('--recipe <name>', "precision to compute in (default: the run's own)")
    .option('--backend <name>', 'auto, webgpu, wasm or cpu', 'auto')
    .option('--json', 'print the result as JSON')
    .action(async (run: string, { data, recipe, backend: request, json }: EvalOptions) => {
      if (recipe !== undefined) recipeName(recipe);
      const backend = await chooseBackend(backendRequest(request));
      const { config, step, model, linears, tokenizer } = loadTrained(run, recipe);
      const text =
        data === undefined
          ? splitText(textOf(config).text, config.validationFraction).validation
          : readText(data).text;
      const tokens = tokensInMemory(tokenizer.encode(text));
      const { batchSize } = config;
      const result = await evaluate({ model, linear: linears.linear, tokens, tokenizer, batchSize });
      backend.checkErrors();
      const perplexity = Math.exp(result.lossNats);
      const unigramNats = unigramEntropyNats(tokens, tokenizer.vocabSize);
      if (json === true) {
        const { lossNats, bitsPerByte } = result;
        console.log(
          JSON.stringify({
            run,
            step,
            recipe: linears.recipe.name,
            backend: backend.name,
            loss: float32Digits(lossNats),
            perplexity: float32Digits(perplexity),
            bitsPerByte: float32Digits(bitsPerByte),
            unigramNats: float32Digits(unigramNats),
            tokens: result.tokens,
          }),
        );
        return;
      }
      console.log(
        `step ${step} of ${run}, ${linears.recipe.name} on ${backend.name}, ${result.tokens} tokens`,
      );
      console.log(
        `loss            ${result.lossNats.toFixed(4)} nats per token (unigram entropy ${unigramNats.toFixed(4)})`,
      );
      console.log(`perplexity      ${perplexity.toFixed(3)}`);
      console.log(`bits per byte   ${result.bitsPerByte.toFixed(4)}`);
    });
}
