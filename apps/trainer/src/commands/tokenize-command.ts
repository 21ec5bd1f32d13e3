import type { Command } from 'commander';
import { openDataset, readTokenizer, verifyShards } from '../data/dataset/open-dataset.ts';
import { defaultShardTokens, defaultSplitSeed } from '../data/dataset/defaults.ts';
import { defaultThreads } from '../data/dataset/default-threads.ts';
import type { VocabularyChoice } from '../data/dataset/make-plan.ts';
import { tokenizeDataset } from '../data/dataset/tokenize-dataset.ts';
import { findSources } from '../data/documents/find-sources.ts';
import { sourceEndings, type SourceFile } from '../data/documents/source-file.ts';
import { downloadDataset } from '../data/hub/download-dataset.ts';
import { isHubName } from '../data/hub/hub-name.ts';
import { sampleBytes } from '../data/dataset/text-sample.ts';
import { abortOnSignals } from './abort-on-signals.ts';
import { numberIn } from './options.ts';
import { jsonTokenizeReporter, terminalTokenizeReporter } from './tokenize-reporters.ts';
import type { TokenizeReporter } from './tokenize-reporters.ts';

const INTERRUPTED = 130;
const defaultVocabSize = 8192;

interface TokenizeFlags {
  readonly out?: string;
  readonly tokenizer?: string;
  readonly vocabSize?: string;
  readonly textField: string;
  readonly validationFraction: string;
  readonly splitSeed: string;
  readonly shardTokens: string;
  readonly workers?: string;
  readonly hubUrl?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `nibble tokenize`: makes a dataset of documents, to train on again and again. */
export function addTokenizeCommand(program: Command, setExitCode: (code: number) => void): void {
  program
    .command('tokenize')
    .description('turn documents into a dataset: token ids in files, for "nibble train --data"')
    .argument('<source...>', `files and folders (${sourceEndings}), or hf:owner/name[@revision][/path]`)
    .option('--out <folder>', 'folder of the dataset: new, empty, or one whose making was interrupted')
    .option('--tokenizer <file>', 'a tokenizer.json to use instead of training a vocabulary')
    .option(
      '--vocab-size <count>',
      `tokens in the vocabulary, trained on a sample of at most ${sampleBytes / 2 ** 20} MiB of the training part (default ${defaultVocabSize})`,
    )
    .option('--text-field <name>', 'field or column of the text in JSONL and Parquet', 'text')
    .option(
      '--validation-fraction <share>',
      'share of the documents, or of a single text, to validate on',
      '0.01',
    )
    .option('--split-seed <number>', 'decides which documents are for validation', String(defaultSplitSeed))
    .option('--shard-tokens <count>', 'tokens in a file', String(defaultShardTokens))
    .option('--workers <count>', `threads; the result does not depend on them (default ${defaultThreads()})`)
    .option('--hub-url <url>', 'where hf: names are looked up (default $HF_ENDPOINT, or huggingface.co)')
    .option('--check', 'compare the files of a dataset with their checksums, and do nothing else')
    .option('--json', 'print one JSON object per line instead')
    .addHelpText(
      'after',
      `
Each text file, line of JSONL and row of Parquet is a document and ends with the end-of-text token. A single text is
cut near its end for validation, at a paragraph; documents are dealt out by what they say. Killed at any instant, the
same command goes on where it was. HF_TOKEN opens private datasets of the hub.

Examples:
  nibble tokenize articles.jsonl --out datasets/articles
  nibble tokenize books/ more.parquet --out datasets/books --vocab-size 16384
  nibble tokenize hf:roneneldan/TinyStories --out datasets/stories --tokenizer llama/tokenizer.json
  nibble tokenize --check datasets/books
  nibble train --data datasets/books`,
    )
    .action(async (sources: string[], flags: TokenizeFlags) => {
      const reporter =
        flags.json === true
          ? jsonTokenizeReporter((line) => process.stdout.write(`${line}\n`))
          : terminalTokenizeReporter(process.stdout);
      if (flags.check === true) return check(sources, reporter);
      const { signal, stop } = abortOnSignals();
      try {
        if (!(await run(sources, flags, reporter, signal))) setExitCode(INTERRUPTED);
      } finally {
        reporter.stop();
        stop();
      }
    });
}

async function run(
  sources: readonly string[],
  flags: TokenizeFlags,
  reporter: TokenizeReporter,
  signal: AbortSignal,
): Promise<boolean> {
  if (flags.out === undefined) {
    throw new RangeError(
      '--out must name the folder of the dataset, as in --out datasets/name; it is missing',
    );
  }
  if (flags.tokenizer !== undefined && flags.vocabSize !== undefined) {
    throw new RangeError(
      '--vocab-size trains a vocabulary, but --tokenizer gives one; leave one of them out',
    );
  }
  const settings = {
    textField: flags.textField,
    validationFraction: numberIn('--validation-fraction', flags.validationFraction, [1e-6, 0.9], false),
    splitSeed: numberIn('--split-seed', flags.splitSeed, [0, 2 ** 32 - 1], true),
    shardTokens: numberIn('--shard-tokens', flags.shardTokens, [1024, 2 ** 30], true),
  };
  const threads =
    flags.workers === undefined ? defaultThreads() : numberIn('--workers', flags.workers, [1, 256], true);
  const tokenizer: VocabularyChoice =
    flags.tokenizer === undefined
      ? {
          vocabSize: numberIn(
            '--vocab-size',
            flags.vocabSize ?? String(defaultVocabSize),
            [257, 65_536],
            true,
          ),
        }
      : { json: readTokenizer(flags.tokenizer) };
  const files = await filesOf(sources, flags, reporter, signal).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  const done =
    files &&
    (await tokenizeDataset({
      files,
      dir: flags.out,
      settings,
      tokenizer,
      threads,
      observer: reporter,
      signal,
    }));
  if (done === undefined) reporter.interrupted(flags.out);
  else reporter.done(done);
  return done !== undefined;
}

async function filesOf(
  sources: readonly string[],
  { hubUrl }: TokenizeFlags,
  reporter: TokenizeReporter,
  signal: AbortSignal,
): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const source of sources) {
    if (isHubName(source)) {
      files.push(
        ...(await downloadDataset(source, {
          hubUrl,
          note: reporter.note,
          onProgress: (done, total) => reporter.progress('download', done, total),
          signal,
        })),
      );
      continue;
    }
    const found = findSources([source]);
    files.push(...found.files);
    if (found.leftOut.length > 0) {
      reporter.note(
        `${source}: ${found.leftOut.length} other files are left out, such as ${found.leftOut.slice(0, 3).join(', ')}`,
      );
    }
  }
  return files;
}

async function check(dirs: readonly string[], reporter: TokenizeReporter): Promise<void> {
  for (const dir of dirs) {
    const dataset = openDataset(dir);
    await verifyShards(dataset);
    reporter.checked(dataset);
  }
}
