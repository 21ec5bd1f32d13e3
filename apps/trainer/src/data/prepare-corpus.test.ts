import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { prepareCorpus } from './prepare-corpus.ts';
import { splitText } from './split-text.ts';
import type { TokenSource } from './token-source.ts';

const text = `${'the whale and the sea\n'.repeat(80)}${'zqzq zqzq\n'.repeat(60)}`;
const options = { vocabSize: 300, context: 16, validationFraction: 0.2 };

const all = (tokens: TokenSource): Int32Array => tokens.read(0, tokens.length);

describe('prepareCorpus', () => {
  it('trains the vocabulary on the training part only', async () => {
    const corpus = await prepareCorpus({ name: 'sea', text }, options);
    const { train, validation } = splitText(text, 0.2);
    expect(corpus.tokenizerJson).toEqual(trainBpe(train, { vocabSize: 300 }));
    expect(corpus.tokenizerJson).not.toEqual(trainBpe(text, { vocabSize: 300 }));
    expect(corpus.tokenizer.decode(all(corpus.train))).toBe(train);
    expect(corpus.tokenizer.decode(all(corpus.validation))).toBe(validation);
  });

  it('uses a vocabulary it is given', async () => {
    const tokenizerJson = trainBpe('sea sea sea', { vocabSize: 260 });
    const { train } = await prepareCorpus({ name: 'sea', text }, { ...options, tokenizerJson });
    expect(all(train)).toEqual(loadTokenizer(tokenizerJson).encode(splitText(text, 0.2).train));
  });

  it('names the text, the part and the minimum when the context is longer than the text', async () => {
    await expect(prepareCorpus({ name: 'sea.txt', text }, { ...options, context: 100_000 })).rejects.toThrow(
      /training part of sea\.txt must have at least 100001 tokens .* but it has \d+; give a longer text or a smaller context/,
    );
    await expect(
      prepareCorpus({ name: 'sea.txt', text }, { ...options, validationFraction: 0.01, context: 64 }),
    ).rejects.toThrow(/validation part of sea\.txt must have at least 65 tokens/);
  });
});
