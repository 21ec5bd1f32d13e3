import type { Command } from 'commander';
import pc from 'picocolors';
import { chooseBackend } from '../backend/choose-backend.ts';
import { samplingOptions } from './sampling-flags.ts';
import type { SamplingFlags } from './sampling-flags.ts';
import { writeSample } from '../sampling/write-sample.ts';
import type { WrittenSample } from '../sampling/write-sample.ts';
import { loadTrained } from '../training/load-trained.ts';
import { printable } from '../training/printable.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { backendRequest, numberIn, recipeName } from './options.ts';

interface SampleFlags extends SamplingFlags {
  readonly prompt: string;
  readonly tokens: string;
  readonly seed: string;
  readonly samples: string;
  readonly stream: boolean;
  readonly stop: boolean;
  readonly recipe?: string;
  readonly backend: string;
  readonly json?: boolean;
}

const INTERRUPTED = 130;

/** `nibble sample`: text from a prompt. */
export function addSampleCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('sample')
    .description("continue a prompt with a run's newest checkpoint")
    .argument('<run>', 'the folder of the run')
    .option('--prompt <text>', 'what to continue', '\n')
    .option('--tokens <count>', 'tokens to write at most', '200')
    .option('--temperature <number>', '0 takes the likeliest token', '0.8')
    .option('--top-k <count>', 'choose among the k likeliest tokens')
    .option('--top-p <share>', 'choose among the likeliest tokens that together have this probability')
    .option(
      '--min-p <share>',
      "choose among tokens of at least this share of the likeliest one's probability",
    )
    .option('--seed <number>', 'the same seed gives the same text', '1')
    .option('--samples <count>', 'texts to write, with this seed and those that follow it', '1')
    .option('--no-stream', 'print a text when it is whole')
    .option('--no-stop', 'go on after the token that ends a text')
    .option('--recipe <name>', "precision to compute in (default: the run's own)")
    .option('--backend <name>', 'auto, webgpu, wasm or cpu', 'auto')
    .option('--json', 'print one JSON object at the end instead')
    .addHelpText(
      'after',
      `
The text goes to standard output as it is written, tokens per second to standard error. Ctrl-C ends it early.

Examples:
  nibble sample runs/NAME --prompt 'The whale'
  nibble sample runs/NAME --prompt 'The whale' --temperature 0.7 --min-p 0.05 --samples 3
  nibble sample runs/NAME --prompt 'The whale' --temperature 0 --recipe f32 --json`,
    )
    .action(async (run: string, flags: SampleFlags) => {
      const sampling = samplingOptions(flags);
      const maxNewTokens = numberIn('--tokens', flags.tokens, [1, 1_000_000], true);
      const firstSeed = numberIn('--seed', flags.seed, [0, 2 ** 32 - 1], true);
      const count = numberIn('--samples', flags.samples, [1, 10_000], true);
      if (flags.recipe !== undefined) recipeName(flags.recipe);
      const backend = await chooseBackend(backendRequest(flags.backend));
      const { step, model, linears, tokenizer, stopIds } = loadTrained(run, flags.recipe);
      const promptIds = tokenizer.encode(flags.prompt, { addSpecialTokens: true });
      if (promptIds.length === 0) {
        throw new RangeError('--prompt must have at least one character, but it is empty');
      }
      const isJson = flags.json === true;
      const print = (text: string): void => void (isJson || process.stdout.write(text));
      const { signal, stop } = abortOnSignals('stopping after this token');
      const samples: WrittenSample[] = [];
      const start = performance.now();
      try {
        for (let i = 0; i < count && !signal.aborted; i++) {
          const seed = (firstSeed + i) % 2 ** 32;
          if (count > 1) print(pc.dim(`${i === 0 ? '' : '\n'}--- sample ${i + 1}, seed ${seed}\n`));
          if (flags.stream) print(flags.prompt);
          const sample = await writeSample({
            model,
            tokenizer,
            promptIds,
            linear: linears.linear,
            ...sampling,
            seed,
            maxNewTokens,
            ...(flags.stop ? { stopIds } : {}),
            onText: (text) => flags.stream && print(printable(text)),
            signal,
          });
          print(flags.stream ? '\n' : `${flags.prompt}${printable(sample.text)}\n`);
          samples.push(sample);
        }
      } finally {
        stop();
      }
      backend.checkErrors();
      const seconds = (performance.now() - start) / 1e3;
      const tokens = samples.reduce((sum, sample) => sum + sample.tokens, 0);
      const tokensPerSecond = tokens / seconds;
      if (isJson) {
        const recipe = linears.recipe.name;
        const { prompt } = flags;
        console.log(
          JSON.stringify({
            run,
            step,
            recipe,
            backend: backend.name,
            prompt,
            samples,
            tokens,
            tokensPerSecond,
          }),
        );
      } else {
        const rate = tokensPerSecond.toFixed(tokensPerSecond < 10 ? 2 : 0);
        process.stderr.write(
          pc.dim(
            `${tokens} tokens in ${seconds.toFixed(1)} s: ${rate} tokens/s, ${linears.recipe.name} on ${backend.name}\n`,
          ),
        );
      }
      if (signal.aborted) setExitCode(INTERRUPTED);
    });
}
