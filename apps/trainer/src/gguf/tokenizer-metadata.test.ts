import { describe, expect, it } from 'vitest';
import { encodeGguf, memorySource, readGguf } from '@nibble-ml/llama';
import type { GgufFile, GgufValue } from '@nibble-ml/llama';
import { texts } from '../../test/tokenizer-texts.ts';
import { defaultText } from '../data/default-text.ts';
import { loadTokenizer } from '../tokenizer/load-tokenizer.ts';
import { trainBpe } from '../tokenizer/train-bpe.ts';
import { preTokenizerOf } from './pre-tokenizers.ts';
import { tokenizerMetadata } from './tokenizer-metadata.ts';
import { tokenizerOfGguf } from './tokenizer-of-gguf.ts';

const trained = trainBpe(defaultText().text.slice(0, 50_000), { vocabSize: 320 });
const ids = { bos: null, eos: [0], pad: null };

function file(
  metadata: ReadonlyMap<string, GgufValue>,
  changes: Readonly<Record<string, GgufValue | undefined>> = {},
): GgufFile {
  const changed = new Map(metadata);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined) changed.delete(key);
    else changed.set(key, value);
  }
  return readGguf(memorySource('test.gguf', Buffer.concat([...encodeGguf(changed, []).chunks])));
}

function split(name: string): Record<string, unknown> {
  const { preTokenizer, ignoresMerges } = preTokenizerOf(name);
  return {
    ...trained,
    pre_tokenizer: preTokenizer,
    model: { ...trained.model, ignore_merges: ignoresMerges },
  };
}

describe('tokenizerMetadata', () => {
  const keys = tokenizerMetadata(trained, 322, ids);
  it('has every token with its kind, the merges, and what ends a text', () => {
    const items = (key: string): ArrayLike<unknown> =>
      (keys.get(key) as Extract<GgufValue, { type: 'array' }>).value.items;
    const tokens = items('tokenizer.ggml.tokens');
    expect([tokens.length, tokens[0], tokens[1], tokens[321]]).toEqual([
      322,
      '<|endoftext|>',
      '!',
      '[PAD321]',
    ]);
    const types = items('tokenizer.ggml.token_type');
    expect([types[0], types[1], types[319], types[320]]).toEqual([3, 1, 1, 5]);
    expect(items('tokenizer.ggml.merges')[0]).toBe(trained.model.merges[0]!.join(' '));
    expect(Object.fromEntries([...keys].filter(([, { type }]) => type !== 'array'))).toEqual({
      'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
      'tokenizer.ggml.pre': { type: 'string', value: 'gpt-2' },
      'tokenizer.ggml.bos_token_id': { type: 'uint32', value: 0 },
      'tokenizer.ggml.eos_token_id': { type: 'uint32', value: 0 },
      'tokenizer.ggml.eot_token_id': { type: 'uint32', value: 0 },
      'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
      'tokenizer.ggml.add_eos_token': { type: 'bool', value: false },
    });
  });

  it.each(['gpt-2', 'smollm', 'llama-bpe', 'smaug-bpe', 'qwen2'])('is read back: %s', (name) => {
    const json = split(name);
    const read = tokenizerOfGguf(file(tokenizerMetadata(json, 320, ids)), 320);
    expect(read.ids).toEqual({ ...ids, bos: 0 });
    const [ours, theirs] = [loadTokenizer(json), loadTokenizer(read.json)];
    for (const text of texts) expect(theirs.encode(text), text).toEqual(ours.encode(text));
  });

  it.each<[string, object, number, typeof ids, string]>([
    ['a Unigram', { model: { type: 'Unigram', vocab: [['a', 0]] } }, 1, ids, 'must be a BPE, but is Unigram'],
    ['too small a model', trained, 300, ids, 'ids must be below 300'],
    ['no end of a text', trained, 320, { ...ids, eos: [] }, 'must have a token that ends a text'],
    [
      'another normalizer',
      { ...trained, normalizer: { type: 'Lowercase' } },
      320,
      ids,
      'the normalizer must be absent or NFC, but is Lowercase',
    ],
    [
      'another way of splitting',
      { ...trained, pre_tokenizer: { type: 'Whitespace' } },
      320,
      ids,
      'none splits as this tokenizer.json does: {"type":"Whitespace"}',
    ],
    [
      'a BPE on characters',
      { ...trained, decoder: null },
      320,
      ids,
      'a BPE that is not byte-level must have byte_fallback',
    ],
    [
      'merges in no order of tokens',
      sentencePiece(['a b', 'b c', 'ab c', 'c d', 'a bc']),
      20,
      ids,
      'those of "abc" do not',
    ],
    ['a merge left out', sentencePiece(['a b', 'b c', 'ab c', 'c d']), 20, ids, '"a" and "bc" have none'],
  ])('refuses %s', (_, json, vocabSize, special, message) => {
    expect(() => tokenizerMetadata(json, vocabSize, special)).toThrow(message);
  });
});

function sentencePiece(merges: string[]): object {
  const tokens = ['<unk>', '</s>', 'a', 'b', 'c', 'd', 'ab', 'bc', 'abc', 'cd'];
  return {
    decoder: { type: 'ByteFallback' },
    model: {
      type: 'BPE',
      byte_fallback: true,
      unk_token: '<unk>',
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges,
    },
  };
}

describe('tokenizerOfGguf', () => {
  const keys = tokenizerMetadata(trained, 320, ids);
  const string = (value: string): GgufValue => ({ type: 'string', value });
  it.each<[string, Readonly<Record<string, GgufValue | undefined>>, string]>([
    [
      'no tokens',
      { 'tokenizer.ggml.tokens': undefined },
      'tokenizer.ggml.tokens must be an array of strings',
    ],
    ['another model', { 'tokenizer.ggml.model': string('bert') }, 'must be gpt2 or llama, but is "bert"'],
    [
      'an unknown splitting',
      { 'tokenizer.ggml.pre': string('tekken') },
      'but is "tekken"; import the model from',
    ],
    ['no splitting', { 'tokenizer.ggml.pre': undefined }, 'but is "default"'],
    [
      'a merge of one',
      { 'tokenizer.ggml.merges': { type: 'array', value: { of: 'string', items: ['ab'] } } },
      'tokenizer.ggml.merges[0] must be two tokens',
    ],
    [
      'an id beyond the tokens',
      { 'tokenizer.ggml.eos_token_id': { type: 'uint32', value: 320 } },
      'eos_token_id must be an id below 320, but is 320',
    ],
    [
      'no scores',
      { 'tokenizer.ggml.model': string('llama') },
      'must have tokenizer.ggml.scores, but has none',
    ],
  ])('refuses %s', (_, changes, message) => {
    expect(() => tokenizerOfGguf(file(keys, changes), 320)).toThrow(message);
  });

  it('reads no more tokens than the model has', () => {
    expect(() => tokenizerOfGguf(file(keys), 319)).toThrow('must have at most 319 items, but has 320');
  });
});
