import type { NamedText } from '../../../../src/data/default-text.ts';
import type { TrainConfig } from '../../../../src/config/train-config.ts';
import { prepareCorpus } from '../../../../src/data/prepare-corpus.ts';
import type { Corpus } from '../../../../src/data/prepare-corpus.ts';
import { EngineProblem } from '../engine-problem.ts';

/** Milliseconds between two messages about the same work. */
const TELL_EVERY = 100;

/** Prepares one text for several runs: runs whose vocabularies have one size share it, and the tokens. */
export class CorpusCache {
  readonly #text: NamedText;
  readonly #note: (doing: string) => void;
  readonly #corpora = new Map<string, Corpus>();

  /** @param note - told, in words for people, what takes a moment */
  constructor(text: NamedText, note: (doing: string) => void) {
    this.#text = text;
    this.#note = note;
  }

  /**
   * Returns the text's tokens for a configuration.
   *
   * @param tokenizerJson - The vocabulary, where the run has one already.
   * @throws EngineProblem `settings` when the text is too short
   */
  async corpusFor(config: TrainConfig, tokenizerJson?: object): Promise<Corpus> {
    const { vocabSize, context, validationFraction } = config;
    const key = JSON.stringify([vocabSize, context, validationFraction]);
    const known = this.#corpora.get(key);
    if (known !== undefined) return known;
    this.#note(tokenizerJson === undefined ? 'training a vocabulary on the text' : 'tokenizing the text');
    let toldAt = performance.now();
    const onProgress = (size: number): void => {
      if (performance.now() - toldAt < TELL_EVERY) return;
      toldAt = performance.now();
      this.#note(`training a vocabulary on the text: ${Math.floor((100 * size) / vocabSize)} %`);
    };
    const given = tokenizerJson === undefined ? {} : { tokenizerJson };
    try {
      const corpus = await prepareCorpus(this.#text, {
        vocabSize,
        context,
        validationFraction,
        onProgress,
        ...given,
      });
      this.#corpora.set(key, corpus);
      return corpus;
    } catch (error) {
      if (error instanceof RangeError) throw new EngineProblem('settings', error.message);
      throw error;
    }
  }
}
