import { z } from 'zod';

const addedToken = z.looseObject({
  id: z.int().min(0).max(10_000_000),
  content: z.string().min(1),
  lstrip: z.boolean().optional(),
  rstrip: z.boolean().optional(),
  normalized: z.boolean().optional(),
  special: z.boolean().optional(),
});
const component = z.looseObject({ type: z.string() }).nullish();
const bpe = z.looseObject({
  type: z.literal('BPE'),
  vocab: z.record(z.string(), z.int().min(0).max(10_000_000)),
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

const schema = z.looseObject({
  added_tokens: z.array(addedToken).default([]),
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

/** The BPE of a `tokenizer.json`. */
export type BpeModel = z.infer<typeof bpe>;

/** A token beside the model's, or one of the model's that is found before anything else. */
export type AddedTokenEntry = z.infer<typeof addedToken>;

/** A part of a `tokenizer.json` that is told by its `type`. */
export type Component = z.infer<typeof component>;

/** What is read of a `tokenizer.json` of any origin. Source: `huggingface/tokenizers`, `tokenizers/src/models`. */
export type TokenizerFile = z.infer<typeof schema>;

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
