import type { GgufFile, GgufValue } from '@nibble-ml/llama';
import type { SpecialIds } from '../hugging-face/special-ids.ts';
import { preTokenizerOf } from './pre-tokenizers.ts';
import { sentencePieceParts } from './sentence-piece-parts.ts';
import { TOKEN_TYPES } from './tokenizer-metadata.ts';
import type { TokenizerParts } from './tokenizer-parts.ts';

/** Merges read at most: more than any vocabulary has. */
const MAX_MERGES = 2 ** 22;

/** The tokenizer of a GGUF file. */
export interface GgufTokenizer {
  /** A `tokenizer.json` that encodes and decodes as llama.cpp does. */
  readonly json: object;
  readonly ids: SpecialIds;
}

/**
 * Makes a `tokenizer.json` of `tokenizer.ggml.*`.
 *
 * @param vocabSize - rows of the model's embedding, of which there cannot be more tokens
 * @throws RangeError naming the key that is missing, does not fit, or says what is not known here
 */
export function tokenizerOfGguf(file: GgufFile, vocabSize: number): GgufTokenizer {
  const tokens = strings(file, 'tokenizer.ggml.tokens', vocabSize);
  const types = numbers(file, 'tokenizer.ggml.token_type', vocabSize);
  const typeOf = (id: number): number => types?.[id] ?? TOKEN_TYPES.normal;
  const isAdded = (id: number): boolean =>
    typeOf(id) === TOKEN_TYPES.control || typeOf(id) === TOKEN_TYPES.userDefined;
  const used = tokens.flatMap((token, id) =>
    typeOf(id) === TOKEN_TYPES.unused ? [] : [[token, id] as const],
  );
  const model = textOf(file, 'tokenizer.ggml.model');
  const parts =
    model === 'llama'
      ? sentencePieceParts({
          tokens,
          scores: numbers(file, 'tokenizer.ggml.scores', vocabSize),
          unknown: tokens[tokens.findIndex((_, id) => typeOf(id) === TOKEN_TYPES.unknown)],
          addsSpace: flagOf(file, 'tokenizer.ggml.add_space_prefix') ?? true,
        })
      : byteLevelParts(file, model);
  const ids = specialIds(file, tokens.length);
  return {
    ids,
    json: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: used
        .filter(([, id]) => isAdded(id) || typeOf(id) === TOKEN_TYPES.unknown)
        .map(([content, id]) => ({
          id,
          content,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: typeOf(id) !== TOKEN_TYPES.userDefined,
        })),
      normalizer: parts.normalizer,
      pre_tokenizer: parts.preTokenizer,
      post_processor: postProcessor(file, ids, tokens),
      decoder: parts.decoder,
      model: {
        type: 'BPE',
        dropout: null,
        unk_token: parts.unknown,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: parts.unknown !== null,
        byte_fallback: parts.byteFallback,
        ignore_merges: parts.ignoresMerges,
        vocab: Object.fromEntries(used),
        merges: parts.merges,
      },
    },
  };
}

function byteLevelParts(file: GgufFile, model: string | undefined): TokenizerParts {
  if (model !== 'gpt2') {
    throw new RangeError(
      `tokenizerOfGguf: tokenizer.ggml.model must be gpt2 or llama, but is ${JSON.stringify(model)}; others are not computed`,
    );
  }
  const { preTokenizer, ignoresMerges } = preTokenizerOf(textOf(file, 'tokenizer.ggml.pre') ?? 'default');
  const merges = strings(file, 'tokenizer.ggml.merges', MAX_MERGES).map((merge, i): [string, string] => {
    const at = merge.indexOf(' ', 1);
    if (at < 0 || at === merge.length - 1) {
      throw new RangeError(
        `tokenizerOfGguf: tokenizer.ggml.merges[${i}] must be two tokens with a space between, but is ${JSON.stringify(merge)}`,
      );
    }
    return [merge.slice(0, at), merge.slice(at + 1)];
  });
  const decoder = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return {
    normalizer: null,
    preTokenizer,
    decoder,
    merges,
    unknown: null,
    byteFallback: false,
    ignoresMerges,
  };
}

/** A template where a token begins every text; else nothing. */
function postProcessor(file: GgufFile, { bos }: SpecialIds, tokens: readonly string[]): object | null {
  const isLlama = textOf(file, 'tokenizer.ggml.model') === 'llama';
  const pre = textOf(file, 'tokenizer.ggml.pre') ?? '';
  // llama.cpp's own defaults where a file says nothing.
  const isDefault = isLlama || ['llama-bpe', 'llama3', 'llama-v3'].includes(pre);
  if (!(flagOf(file, 'tokenizer.ggml.add_bos_token') ?? isDefault) || bos === null) return null;
  const id = tokens[bos]!;
  return {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { [id]: { id, ids: [bos], tokens: [id] } },
  };
}

function specialIds(file: GgufFile, count: number): SpecialIds {
  const read = (name: string): number | undefined => {
    const entry = file.value(`tokenizer.ggml.${name}_token_id`);
    if (entry === undefined) return undefined;
    if (typeof entry.value !== 'number' || !(entry.value >= 0 && entry.value < count)) {
      throw new RangeError(
        `tokenizerOfGguf: tokenizer.ggml.${name}_token_id must be an id below ${count}, but is ${String(entry.value)}`,
      );
    }
    return entry.value;
  };
  const ends = [read('eos'), read('eot')].filter((id) => id !== undefined);
  return { bos: read('bos') ?? null, eos: [...new Set(ends)], pad: read('padding') ?? null };
}

function arrayOf(
  file: GgufFile,
  key: string,
  most: number,
): Extract<GgufValue, { type: 'array' }> | undefined {
  const count = file.itemCount(key);
  if (count === undefined) return undefined;
  if (count > most) {
    throw new RangeError(`tokenizerOfGguf: ${key} must have at most ${most} items, but has ${count}`);
  }
  return file.value(key) as Extract<GgufValue, { type: 'array' }>;
}

function strings(file: GgufFile, key: string, most: number): readonly string[] {
  const found = arrayOf(file, key, most);
  if (found?.value.of !== 'string') {
    throw new RangeError(
      `tokenizerOfGguf: ${key} must be an array of strings, but ${found === undefined ? 'is missing' : `its items are ${found.value.of}`}`,
    );
  }
  return found.value.items;
}

function numbers(file: GgufFile, key: string, most: number): Int32Array | Float32Array | undefined {
  const found = arrayOf(file, key, most);
  if (found === undefined) return undefined;
  if (found.value.of !== 'int32' && found.value.of !== 'float32') {
    throw new RangeError(
      `tokenizerOfGguf: ${key} must be an array of int32 or float32, but its items are ${found.value.of}`,
    );
  }
  return found.value.items;
}

function textOf(file: GgufFile, key: string): string | undefined {
  const entry = file.value(key);
  return entry?.type === 'string' ? entry.value : undefined;
}

function flagOf(file: GgufFile, key: string): boolean | undefined {
  const entry = file.value(key);
  return entry?.type === 'bool' ? entry.value : undefined;
}
