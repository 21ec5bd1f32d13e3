import { digest } from '../run/digest.ts';
import { loadTokenizer, type Tokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import type { NamedText } from './default-text.ts';
import { requireTokens } from './require-tokens.ts';
import { splitText } from './split-text.ts';
import { tokensInMemory, type TokenSource } from './token-source.ts';

/** Data ready to train on. */
export interface Corpus {
  /** Name of the data. */
  name: string;
  /** SHA-256 of the text's UTF-8 bytes, or of the dataset's manifest, in hex. */
  sha256: string;
  /** The vocabulary, trained on the training part only. */
  tokenizerJson: object;
  /** The same, loaded. */
  tokenizer: Tokenizer;
  /** Whether it is one text in memory, not a dataset. */
  wholeText: boolean;
  /** Tokens of the training part. */
  train: TokenSource;
  /** Tokens of the validation part. */
  validation: TokenSource;
}

/** Options of {@link prepareCorpus}. */
export interface PrepareCorpusOptions {
  /** Tokens in the vocabulary, 256 to 65,536. */
  vocabSize: number;
  /** Tokens that the model sees at once. */
  context: number;
  /** Share of the text to validate on. */
  validationFraction: number;
  /** A vocabulary to use instead of training one, as when a run is resumed. */
  tokenizerJson?: object;
  /** Called while the vocabulary is trained. */
  onProgress?: (size: number, vocabSize: number) => void;
}

/**
 * Splits a text, trains a vocabulary on the training part and encodes both parts.
 *
 * @throws RangeError when either part has fewer than `context + 1` tokens, or an option is out of range.
 */
export async function prepareCorpus(
  { name, text }: NamedText,
  options: PrepareCorpusOptions,
): Promise<Corpus> {
  const { context, vocabSize, validationFraction, onProgress } = options;
  const split = splitText(text, validationFraction);
  const tokenizerJson =
    options.tokenizerJson ?? trainBpe(split.train, onProgress ? { vocabSize, onProgress } : { vocabSize });
  const tokenizer = loadTokenizer(tokenizerJson);
  const train = tokensInMemory(tokenizer.encode(split.train));
  const validation = tokensInMemory(tokenizer.encode(split.validation));
  requireTokens({ part: 'training', tokens: train.length, context, name });
  requireTokens({ part: 'validation', tokens: validation.length, context, name });
  const sha256 = await digest(new TextEncoder().encode(text));
  return { name, sha256, tokenizerJson, tokenizer, wholeText: true, train, validation };
}
