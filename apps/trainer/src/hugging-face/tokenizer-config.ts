import type { AddedTokenEntry } from '../tokenizer/tokenizer-file.ts';
import type { Json } from './model-folder.ts';
import type { SpecialIds } from './special-ids.ts';

/** What {@link tokenizerConfigFor} is made of. */
export interface TokenizerConfigOptions {
  /** The tokens beside the model's vocabulary, from `tokenizer.json`. */
  readonly addedTokens: readonly AddedTokenEntry[];
  readonly ids: SpecialIds;
  /** Positions that the model is meant for. */
  readonly context: number;
  /** The text of a token, for an id that is not among `addedTokens`. */
  readonly textOf: (id: number) => string;
}

/**
 * The `tokenizer_config.json` and `special_tokens_map.json` with which `AutoTokenizer` of Hugging Face transformers loads a
 * `tokenizer.json`.
 */
export function tokenizerConfigFor(options: TokenizerConfigOptions): { config: Json; specialTokens: Json } {
  const { addedTokens, ids, context, textOf } = options;
  const content = (id: number | null | undefined): string | undefined =>
    id == null ? undefined : (addedTokens.find((token) => token.id === id)?.content ?? textOf(id));
  const specialTokens: Record<string, string> = {};
  for (const [name, id] of [
    ['bos_token', ids.bos],
    ['eos_token', ids.eos[0]],
    ['pad_token', ids.pad],
  ] as const) {
    const text = content(id);
    if (text !== undefined) specialTokens[name] = text;
  }
  const decoder: Record<string, Json> = {};
  for (const { id, content: text, lstrip, rstrip, normalized, special, ...token } of addedTokens) {
    decoder[id] = {
      content: text,
      lstrip: lstrip ?? false,
      normalized: normalized ?? false,
      rstrip: rstrip ?? false,
      single_word: 'single_word' in token && token.single_word === true,
      special: special ?? false,
    };
  }
  return {
    specialTokens,
    config: {
      added_tokens_decoder: decoder,
      ...specialTokens,
      // Else transformers 4 drops spaces before punctuation when it decodes.
      clean_up_tokenization_spaces: false,
      model_max_length: context,
      tokenizer_class: 'PreTrainedTokenizerFast',
    },
  };
}
