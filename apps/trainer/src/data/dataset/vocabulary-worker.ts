// A thread that trains a vocabulary: what it needs for that is given back when it ends, and Ctrl-C is heard meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import { trainBpe } from '../../tokenizer/train-bpe.ts';
import type { VocabularyMessage, VocabularyTask } from './train-vocabulary.ts';

const { sample, vocabSize } = workerData as VocabularyTask;
const send = (message: VocabularyMessage): void => parentPort!.postMessage(message, []);
/** Tokens between two messages. */
const every = 64;

function* texts(): Generator<string> {
  const decoder = new TextDecoder();
  for (const bytes of sample) yield decoder.decode(bytes);
}

const json = trainBpe(texts(), {
  vocabSize,
  onProgress: (size) => {
    if (size % every === 0 || size === vocabSize) send({ type: 'progress', size });
  },
});
send({ type: 'done', json: JSON.stringify(json) });
