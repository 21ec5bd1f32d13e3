import type { GgufValue } from '@nibble-ml/llama';
import type { SpecialIds } from '../hugging-face/special-ids.ts';
import { templateIds } from '../tokenizer/template-ids.ts';
import { parseTokenizerFile } from '../tokenizer/tokenizer-file.ts';
import type { BpeModel, TokenizerFile } from '../tokenizer/tokenizer-file.ts';
import { ggmlPreTokenizer } from './pre-tokenizers.ts';
import { sentencePieceKeys } from './sentence-piece-keys.ts';

/** What kind of token an id is: llama.cpp's `llama_token_type`. */
export const TOKEN_TYPES = {
  normal: 1,
  unknown: 2,
  control: 3,
  userDefined: 4,
  unused: 5,
  byte: 6,
} as const;

/**
 * The `tokenizer.ggml.*` keys by which llama.cpp encodes and decodes as a `tokenizer.json` does.
 *
 * @param json - the parsed file
 * @param vocabSize - rows of the model's embedding; ids that the tokenizer has no token for are named `[PAD…]`
 * @param ids - what begins and ends a text
 * @throws RangeError naming what llama.cpp cannot do
 */
export function tokenizerMetadata(json: unknown, vocabSize: number, ids: SpecialIds): Map<string, GgufValue> {
  const file = parseTokenizerFile(json);
  const { model } = file;
  if (model.type !== 'BPE') {
    throw new RangeError(
      `tokenizerMetadata: the tokenizer must be a BPE, but is ${model.type}; llama.cpp has no LLaMA with it`,
    );
  }
  const isByteLevel = JSON.stringify(file.decoder ?? null).includes('"ByteLevel"');
  return new Map<string, GgufValue>([
    ...(isByteLevel ? byteLevelKeys(file, model) : sentencePieceKeys(file, model, vocabSize)),
    ...tokenKeys(file, model, vocabSize),
    ...specialKeys(file, ids),
  ]);
}

type Entry = [key: string, value: GgufValue];

function byteLevelKeys(file: TokenizerFile, { merges }: BpeModel): Entry[] {
  const items = merges.map((merge) => (typeof merge === 'string' ? merge : merge.join(' ')));
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.pre', { type: 'string', value: ggmlPreTokenizer(file) }],
    ['tokenizer.ggml.merges', { type: 'array', value: { of: 'string', items } }],
  ];
}

/** Every id's token and its kind. */
function tokenKeys(file: TokenizerFile, { vocab, unk_token: unknown }: BpeModel, vocabSize: number): Entry[] {
  const tokens = Array.from({ length: vocabSize }, (_, id) => `[PAD${id}]`);
  const types = new Int32Array(vocabSize).fill(TOKEN_TYPES.unused);
  const put = (id: number, token: string, type: keyof typeof TOKEN_TYPES): void => {
    if (id >= vocabSize) {
      throw new RangeError(
        `tokenizerMetadata: ids must be below ${vocabSize}, the model's vocabulary, but ${JSON.stringify(token)} has ${id}`,
      );
    }
    tokens[id] = token;
    types[id] = TOKEN_TYPES[type];
  };
  for (const [token, id] of Object.entries(vocab)) {
    const isByte =
      file.model.type === 'BPE' && file.model.byte_fallback === true && /^<0x[\dA-F]{2}>$/.test(token);
    put(id, token, isByte ? 'byte' : token === unknown ? 'unknown' : 'normal');
  }
  for (const { id, content, special } of file.added_tokens) {
    if (content === unknown) continue;
    put(id, content, special === true ? 'control' : 'userDefined');
  }
  return [
    ['tokenizer.ggml.tokens', { type: 'array', value: { of: 'string', items: tokens } }],
    ['tokenizer.ggml.token_type', { type: 'array', value: { of: 'int32', items: types } }],
  ];
}

/** What begins a text, and what ends it. */
function specialKeys(file: TokenizerFile, { bos, eos, pad }: SpecialIds): Entry[] {
  const { before, after } = templateIds(file.post_processor);
  const end = eos[0];
  if (end === undefined) {
    // llama.cpp would take token 11 for it, whatever that is.
    throw new RangeError(
      'tokenizerMetadata: the tokenizer must have a token that ends a text, such as <|endoftext|>, but has none; train with a vocabulary of more than 256 tokens, which has one',
    );
  }
  if (before.length > 1 || after.length > 1) {
    throw new RangeError(
      `tokenizerMetadata: the post_processor must add at most one token at each end, but adds ${before.length} and ${after.length}`,
    );
  }
  return [
    ['tokenizer.ggml.bos_token_id', { type: 'uint32', value: before[0] ?? bos ?? end }],
    ['tokenizer.ggml.eos_token_id', { type: 'uint32', value: end }],
    ['tokenizer.ggml.eot_token_id', { type: 'uint32', value: end }],
    ...(pad === null ? [] : [['tokenizer.ggml.padding_token_id', { type: 'uint32', value: pad }] as Entry]),
    ['tokenizer.ggml.add_bos_token', { type: 'bool', value: before.length > 0 }],
    ['tokenizer.ggml.add_eos_token', { type: 'bool', value: after.length > 0 }],
  ];
}
