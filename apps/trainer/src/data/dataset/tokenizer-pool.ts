import { Worker } from 'node:worker_threads';
import type { EncodedBatch, TextBatch } from './tokenize-messages.ts';

const workerFile = import.meta.url.endsWith('.ts')
  ? new URL('./tokenize-worker.ts', import.meta.url)
  : new URL('./tokenize-worker.js', import.meta.url);

/** Threads that turn texts into token ids. */
export interface TokenizerPool {
  /** Hands a batch to a thread that is free, or to the one with the least to do. */
  encode(pieces: TextBatch['pieces']): Promise<EncodedBatch['pieces']>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/**
 * Starts threads with a tokenizer of their own.
 *
 * @param tokenizerJson - The vocabulary.
 * @param threads - How many.
 */
export function createTokenizerPool(tokenizerJson: object, threads: number): TokenizerPool {
  const waiting = new Map<
    number,
    { resolve: (value: EncodedBatch['pieces']) => void; reject: (error: Error) => void }
  >();
  let number = 0;
  let failure: Error | undefined;
  const fail = (error: Error): void => {
    failure ??= new Error(`tokenizeDataset: a tokenizing thread ended: ${error.message}`, { cause: error });
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  };
  const workers = Array.from({ length: threads }, () => {
    const worker = new Worker(workerFile, { workerData: { tokenizerJson } });
    const load = { worker, batches: 0 };
    worker.on('message', (answer: EncodedBatch) => {
      load.batches--;
      waiting.get(answer.number)?.resolve(answer.pieces);
      waiting.delete(answer.number);
    });
    worker.on('error', (error) => fail(error as Error));
    worker.on('exit', (code) => {
      if (code !== 0) fail(new Error(`exit code ${code}`));
    });
    return load;
  });

  return {
    encode(pieces) {
      if (failure !== undefined) return Promise.reject(failure);
      const batch: TextBatch = { number: number++, pieces };
      const free = workers.reduce((least, load) => (load.batches < least.batches ? load : least));
      free.batches++;
      return new Promise((resolve, reject) => {
        waiting.set(batch.number, { resolve, reject });
        free.worker.postMessage(batch, []);
      });
    },
    async close() {
      await Promise.all(workers.map(({ worker }) => worker.terminate()));
    },
  };
}
