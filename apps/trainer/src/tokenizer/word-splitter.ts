import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { forEachWord } from './pre-tokenize.ts';
import type { BpeModel, Component, TokenizerFile } from './tokenizer-file.ts';

/** Splits a normalized section of a text into words, and calls back with each; `first` is the text's beginning. */
export type WordSplitter = (section: string, first: boolean, visit: (word: string) => void) => void;

/** What a `tokenizer.json` does to a text before the model. */
export interface Preparation {
  /** Normalizes a section of a text. */
  readonly normalize: (section: string) => string;
  /** Cuts it into words, within which alone tokens lie. */
  readonly split: WordSplitter;
}

/**
 * Returns the normalization and the splitting of a byte-level or SentencePiece-like BPE. Normalizers and split
 * patterns are those of `@huggingface/tokenizers`, which turns Rust's regular expressions into JavaScript's.
 *
 * @throws RangeError when a part of it is of an unknown kind.
 */
export function preparationOf(file: TokenizerFile, model: BpeModel): Preparation {
  const { normalizer, steps } = components(file);
  const normalize = (section: string): string => (normalizer ? normalizer(section) : section);
  const last = steps.at(-1);
  if (last?.component.type !== 'ByteLevel') {
    const apply = (section: string, first: boolean): string[] =>
      steps.reduce(
        (parts, step) => step.run(parts, { section_index: first ? 0 : 1 }),
        section === '' ? [] : [section],
      );
    const cut = metaspaceCuts(model);
    return {
      normalize,
      split: (section, first, visit) => {
        for (const part of apply(section, first)) cut(part, visit);
      },
    };
  }
  const earlier = steps.slice(0, -1);
  const prefix = last.component['add_prefix_space'] === true;
  const visitWords =
    last.component['use_regex'] === false
      ? (part: string, visit: (word: string) => void): void => visit(part)
      : forEachWord;
  return {
    normalize,
    split: (section, _first, visit) => {
      const parts = earlier.reduce((all, step) => step.run(all), section === '' ? [] : [section]);
      for (const part of parts) visitWords(prefix && !part.startsWith(' ') ? ` ${part}` : part, visit);
    },
  };
}

interface Step {
  readonly component: Exclude<Component, null | undefined>;
  readonly run: (parts: string[], options?: { section_index: number }) => string[];
}

/** The library's normalizer and the pre-tokenizers one by one, without the model, which is ours. */
function components(file: TokenizerFile): {
  normalizer: ((text: string) => string) | null;
  steps: readonly Step[];
} {
  const empty = { type: 'BPE', vocab: {}, merges: [] };
  const build = (normalizer: unknown, preTokenizer: unknown): HuggingFaceTokenizer =>
    new HuggingFaceTokenizer(
      {
        model: empty,
        added_tokens: [],
        normalizer,
        pre_tokenizer: preTokenizer,
        post_processor: null,
        decoder: null,
      },
      { clean_up_tokenization_spaces: false },
    );
  const flatten = (component: Component): Step['component'][] =>
    component === null || component === undefined
      ? []
      : component.type === 'Sequence'
        ? (component['pretokenizers'] as Component[]).flatMap(flatten)
        : [component];
  try {
    const { normalizer } = build(file.normalizer ?? null, null);
    const steps = flatten(file.pre_tokenizer).map((component) => {
      const preTokenizer = build(null, component).pre_tokenizer!;
      return {
        component,
        run: (parts: string[], options?: object) => preTokenizer.pre_tokenize(parts, options),
      };
    });
    return { normalizer: normalizer && ((text) => normalizer.normalize(text)), steps };
  } catch (cause) {
    throw new RangeError(
      `loadTokenizer: the normalizer or the pre_tokenizer of the tokenizer.json cannot be used: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/**
 * SentencePiece vocabularies have no words: a whole text is one. Where no token has ▁ after another character, as in
 * Llama 2's, nothing is merged across the beginning of a word, and cutting there changes no id.
 */
function metaspaceCuts(model: BpeModel): (part: string, visit: (word: string) => void) => void {
  const crosses = Object.keys(model.vocab).some((token) => /[^▁]▁/u.test(token));
  if (crosses) return (part, visit) => visit(part);
  return (part, visit) => {
    for (const [word] of part.matchAll(/▁*[^▁]*/gu)) if (word !== '') visit(word);
  };
}
