import { SingleBar } from 'cli-progress';
import pc from 'picocolors';
import type { Dataset } from '../data/dataset/open-dataset.ts';
import type { TokenizeDone, TokenizeObserver, TokenizePhase } from '../data/dataset/tokenize-observer.ts';
import { duration } from '../training/duration.ts';

/** What `nibble tokenize` shows. */
export interface TokenizeReporter extends Omit<TokenizeObserver, 'progress'> {
  /** How far a phase is: in bytes or, for the vocabulary, in tokens. */
  progress(phase: TokenizePhase | 'download', done: number, total: number, fresh?: number): void;
  done(done: TokenizeDone): void;
  interrupted(dir: string): void;
  checked(dataset: Dataset): void;
  /** Leaves the terminal as it was. */
  stop(): void;
}

/** Milliseconds between two JSON lines of progress. */
const lineEvery = 1000;

/** Writes one JSON object per line. `write` gets each line without its end. */
export function jsonTokenizeReporter(write: (line: string) => void): TokenizeReporter {
  const emit = (type: string, fields: object): void => write(JSON.stringify({ type, ...fields }));
  let last = 0;
  return {
    note: () => {},
    progress(phase, done, total, fresh) {
      if (performance.now() - last < lineEvery && done < total) return;
      last = performance.now();
      emit(phase, { done: Math.round(done), total, ...(fresh !== undefined && { textBytes: fresh }) });
    },
    done: ({ dir, sha256, manifest, reused, seconds, megabytesPerSecond, vocabularyMegabytesPerSecond }) => {
      const { train, validation } = manifest.splits;
      emit('done', {
        dataset: dir,
        sha256,
        reused,
        vocabSize: manifest.tokenizer.vocabSize,
        documents: train.documents + validation.documents,
        train: { documents: train.documents, tokens: train.tokens, bytes: train.bytes },
        validation: { documents: validation.documents, tokens: validation.tokens, bytes: validation.bytes },
        seconds,
        megabytesPerSecond: megabytes(megabytesPerSecond),
        vocabularyMegabytesPerSecond: megabytes(vocabularyMegabytesPerSecond),
      });
    },
    interrupted: (dir) => emit('interrupted', { dataset: dir }),
    checked: ({ dir, sha256 }) => emit('checked', { dataset: dir, sha256 }),
    stop: () => {},
  };
}

const titles = {
  download: 'downloading',
  survey: 'reading',
  vocabulary: 'vocabulary',
  tokenize: 'tokenizing',
} as const;

/** Shows a person what happens: a progress bar on a terminal, else a line for each phase. */
export function terminalTokenizeReporter(output: NodeJS.WriteStream): TokenizeReporter {
  const line = (text: string): void => void output.write(`${text}\n`);
  let bar: SingleBar | undefined;
  let phaseShown: string | undefined;
  let since = 0;
  const stop = (): void => {
    bar?.stop();
    bar = undefined;
  };
  const begin = (phase: keyof typeof titles, total: number): void => {
    stop();
    phaseShown = phase;
    since = performance.now();
    const unit = phase === 'vocabulary' ? `${count(total)} tokens` : size(total);
    if (!output.isTTY) return line(`${titles[phase]} ${unit}`);
    bar = new SingleBar({
      stream: output,
      format: `${titles[phase].padEnd(11)} {bar} {percentage} %  of ${unit}{speed}`,
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 24,
      hideCursor: true,
      stopOnComplete: false,
    });
    bar.start(total, 0, { speed: '' });
  };
  return {
    note: (text) => {
      stop();
      phaseShown = undefined;
      line(text);
    },
    progress(phase, done, total, fresh) {
      if (phaseShown !== phase) begin(phase, total);
      const seconds = (performance.now() - since) / 1000;
      const speed =
        fresh === undefined || seconds < 0.5 ? '' : `  ${(fresh / 1e6 / seconds).toFixed(1)} MB/s`;
      bar?.update(Math.min(Math.round(done), total), { speed });
    },
    done: ({ dir, manifest, reused, seconds, megabytesPerSecond }) => {
      stop();
      const { train, validation } = manifest.splits;
      const speed = megabytesPerSecond === undefined ? '' : `, ${megabytesPerSecond.toFixed(1)} MB/s`;
      line('');
      line(
        `${pc.bold('dataset')}     ${dir}${reused ? ', complete and of the same sources: left as it is' : ''}`,
      );
      line(
        `${pc.bold('vocabulary')}  ${count(manifest.tokenizer.vocabSize)} tokens, ids as ${manifest.dtype}`,
      );
      for (const [name, split] of [
        ['training', train],
        ['validation', validation],
      ] as const) {
        line(
          `${pc.bold(name.padEnd(10))}  ${count(split.tokens)} tokens of ${count(split.documents)} documents, ${size(split.bytes)}, ${(split.bytes / split.tokens).toFixed(2)} bytes per token`,
        );
      }
      if (!reused) line(`${pc.bold('took')}        ${duration(seconds)}${speed}`);
      line(`\nTrain on it with:\n  nibble train --data ${dir}`);
    },
    interrupted: (dir) => {
      stop();
      line(`\nStopped. What is done is in ${dir}; give the same command again to go on.`);
    },
    checked: ({ dir, manifest }) => {
      const { train, validation } = manifest.splits;
      const files = train.shards.length + validation.shards.length;
      line(
        `${dir}: ${files} files with ${count(train.tokens + validation.tokens)} tokens are as they were written`,
      );
    },
    stop,
  };
}

function megabytes(perSecond: number | undefined): number | null {
  return perSecond === undefined ? null : Number(perSecond.toFixed(2));
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function size(bytes: number): string {
  return bytes < 1e6
    ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 1e9
      ? `${(bytes / 1e6).toFixed(1)} MB`
      : `${(bytes / 1e9).toFixed(2)} GB`;
}
