import { Worker } from 'node:worker_threads';

/** What a vocabulary is trained on. */
export interface VocabularyTask {
  /** Texts in UTF-8; handed over to the thread, so that they cannot be read any more. */
  readonly sample: readonly Uint8Array<ArrayBuffer>[];
  /** Tokens in it. */
  readonly vocabSize: number;
}

/** What the training thread says. */
export type VocabularyMessage =
  { readonly type: 'progress'; readonly size: number } | { readonly type: 'done'; readonly json: string };

const workerFile = import.meta.url.endsWith('.ts')
  ? new URL('./vocabulary-worker.ts', import.meta.url)
  : new URL('./vocabulary-worker.js', import.meta.url);

/**
 * Trains a byte-level BPE in a thread of its own.
 *
 * @param task - The texts and the size.
 * @param onProgress - Called with the size reached.
 * @param signal - Aborting it ends the thread.
 * @returns a `tokenizer.json`; undefined when it was aborted
 * @throws what `trainBpe` throws.
 */
export function trainVocabulary(
  task: VocabularyTask,
  onProgress: (size: number) => void,
  signal: AbortSignal,
): Promise<object | undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile, {
      workerData: task,
      transferList: task.sample.map(({ buffer }) => buffer),
    });
    const stop = (): void => void worker.terminate();
    signal.addEventListener('abort', stop);
    let json: object | undefined;
    worker.on('message', (message: VocabularyMessage) => {
      if (message.type === 'progress') onProgress(message.size);
      else json = JSON.parse(message.json) as object;
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      if (json !== undefined || signal.aborted) resolve(signal.aborted ? undefined : json);
      else reject(new Error(`trainVocabulary: the training thread ended with code ${code}`));
    });
  });
}
