import { z } from 'zod';

/** A token beside the model's, or one of the model's that is found before anything else. */
export interface AddedTokenEntry {
  readonly id: number;
  readonly content: string;
  /** Takes the white space before it. */
  readonly lstrip?: boolean | undefined;
  /** Takes the white space after it. */
  readonly rstrip?: boolean | undefined;
  /** Is looked for after normalization; without it, when it is not special. */
  readonly normalized?: boolean | undefined;
  /** Is found as a whole word only. */
  readonly single_word?: boolean | undefined;
  /** Is a mark, not text. */
  readonly special?: boolean | undefined;
}

/** A part of a `tokenizer.json` that is told by its `type`. */
export type Component = { readonly type: string; readonly [setting: string]: unknown } | null | undefined;

/** The BPE of a `tokenizer.json`. */
export interface BpeModel {
  readonly type: 'BPE';
  /** Token to id. */
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs that are merged, earliest first; older files join each with a space. */
  readonly merges: readonly (readonly [string, string] | string)[];
  /** Stands for what the vocabulary lacks. */
  readonly unk_token?: string | null | undefined;
  readonly continuing_subword_prefix?: string | null | undefined;
  readonly end_of_word_suffix?: string | null | undefined;
  /** Unknown characters in a row are one token. */
  readonly fuse_unk?: boolean | null | undefined;
  /** Unknown characters are spelt in bytes. */
  readonly byte_fallback?: boolean | null | undefined;
  /** A word of the vocabulary is taken whole, whether or not merges lead to it. */
  readonly ignore_merges?: boolean | null | undefined;
}

/** The Unigram model of a `tokenizer.json`: tokens in id order with their log-probabilities. */
export interface UnigramModel {
  readonly type: 'Unigram';
  readonly vocab: readonly (readonly [string, number])[];
}

/** What is read of a `tokenizer.json` of any origin. Source: `huggingface/tokenizers`, `tokenizers/src/models`. */
export interface TokenizerFile {
  readonly added_tokens: readonly AddedTokenEntry[];
  readonly normalizer?: Component;
  readonly pre_tokenizer?: Component;
  readonly post_processor?: Component;
  readonly decoder?: Component;
  readonly model: BpeModel | UnigramModel;
}

const id = z.int().min(0).max(10_000_000);
const component: z.ZodType<Component> = z.looseObject({ type: z.string() }).nullish();
const bpe = z.looseObject({
  type: z.literal('BPE'),
  vocab: z.record(z.string(), id),
  merges: z.array(z.union([z.tuple([z.string(), z.string()]), z.string().regex(/^[^ ]+ [^ ]+$/)])),
  unk_token: z.string().nullish(),
  continuing_subword_prefix: z.string().nullish(),
  end_of_word_suffix: z.string().nullish(),
  fuse_unk: z.boolean().nullish(),
  byte_fallback: z.boolean().nullish(),
  ignore_merges: z.boolean().nullish(),
});
const unigram = z.looseObject({
  type: z.literal('Unigram'),
  vocab: z.array(z.tuple([z.string(), z.number()])),
});
const schema: z.ZodType<TokenizerFile> = z.looseObject({
  added_tokens: z
    .array(
      z.looseObject({
        id,
        content: z.string().min(1),
        lstrip: z.boolean().optional(),
        rstrip: z.boolean().optional(),
        normalized: z.boolean().optional(),
        single_word: z.boolean().optional(),
        special: z.boolean().optional(),
      }),
    )
    .default([]),
  normalizer: component,
  pre_tokenizer: component,
  post_processor: component,
  decoder: component,
  // Files before tokenizers 0.9 leave the type out where it is BPE.
  model: z.preprocess(
    (model) =>
      typeof model === 'object' && model !== null && !('type' in model) ? { ...model, type: 'BPE' } : model,
    z.discriminatedUnion('type', [bpe, unigram]),
  ),
});

/**
 * Returns a `tokenizer.json` after checking the fields that are used.
 *
 * @param json - The parsed file.
 * @throws RangeError naming the first field that is wrong, and the kinds of model that can be loaded.
 */
export function parseTokenizerFile(json: unknown): TokenizerFile {
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new RangeError(
    `loadTokenizer: the tokenizer.json must be a Hugging Face tokenizer with a BPE or Unigram model, but its ${issue.path.join('.') || 'content'} is wrong: ${issue.message}`,
  );
}
