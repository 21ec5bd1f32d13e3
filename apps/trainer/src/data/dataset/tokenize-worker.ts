// A thread that turns text into token ids.
import { parentPort, workerData } from 'node:worker_threads';
import { loadTokenizer } from '../../tokenizer/load-tokenizer.ts';
import { dtypeFor, toStored } from './token-dtype.ts';
import type { EncodedBatch, TextBatch } from './tokenize-messages.ts';

const tokenizer = loadTokenizer((workerData as { tokenizerJson: unknown }).tokenizerJson);
const endOfTextId = tokenizer.endOfTextId;
const dtype = dtypeFor(tokenizer.vocabSize);

parentPort!.on('message', (batch: TextBatch) => {
  const encoded = batch.pieces.map(({ text, continues, last }) => {
    const tokens = toStored(tokenizer.encode(text, { continues }), dtype, last ? endOfTextId : undefined);
    return { tokens, bytes: Buffer.byteLength(text) };
  });
  const answer: EncodedBatch = { number: batch.number, pieces: encoded };
  parentPort!.postMessage(
    answer,
    encoded.map(({ tokens }) => tokens.buffer as ArrayBuffer),
  );
});
