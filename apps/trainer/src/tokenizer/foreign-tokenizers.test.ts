import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultText } from '../data/default-text.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { initialTokens } from './tokenizer-json.ts';
import { trainBpe } from './train-bpe.ts';

const { text } = defaultText();
const trained = trainBpe(text.slice(0, 100_000), { vocabSize: 600 });
const added = (id: number, content: string, special = true): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special,
});

/** Llama 3's way of cutting: its pattern, words of the vocabulary whole, a token at the beginning. */
const llama3 = {
  ...trained,
  added_tokens: [added(600, '<|begin_of_text|>'), added(601, '<|end_of_text|>'), added(602, '<|eot_id|>')],
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [
      {
        type: 'Split',
        pattern: {
          Regex:
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        },
        behavior: 'Isolated',
        invert: false,
      },
      { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
    ],
  },
  post_processor: {
    type: 'Sequence',
    processors: [
      { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
      {
        type: 'TemplateProcessing',
        single: [
          { SpecialToken: { id: '<|begin_of_text|>', type_id: 0 } },
          { Sequence: { id: 'A', type_id: 0 } },
        ],
        pair: [],
        special_tokens: {
          '<|begin_of_text|>': { id: '<|begin_of_text|>', ids: [600], tokens: ['<|begin_of_text|>'] },
        },
      },
    ],
  },
  model: { ...trained.model, ignore_merges: true },
};

/** Qwen's: the text is composed first, digits stand alone. */
const qwen = {
  ...llama3,
  normalizer: { type: 'NFC' },
  added_tokens: [added(600, '<|endoftext|>'), added(601, '<|im_start|>'), added(602, '<tool_call>', false)],
  pre_tokenizer: JSON.parse(
    JSON.stringify(llama3.pre_tokenizer).replace(String.raw`\\p{N}{1,3}`, String.raw`\\p{N}`),
  ) as object,
  post_processor: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: false, use_regex: false },
  model: { ...trained.model, ignore_merges: false },
};

/** Llama 2's: SentencePiece with byte fallback, merges as strings. */
const llama2 = ((): object => {
  const characters = (token: string): string => token.replaceAll('Ġ', '▁');
  const plain = trained.model.merges.filter((merge) => merge.every((part) => /^[Ġ -~]+$/.test(part)));
  const tokens = [
    '<unk>',
    '<s>',
    '</s>',
    ...Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`),
    '▁',
    ...initialTokens().filter((token) => /^[!-~]$/.test(token)),
  ];
  const merges = [['Ġ', 'Ġ'] as [string, string], ...plain].map((merge) => merge.map(characters));
  for (const [left, right] of merges) if (!tokens.includes(left! + right!)) tokens.push(left! + right!);
  return {
    version: '1.0',
    added_tokens: [added(0, '<unk>'), added(1, '<s>'), added(2, '</s>')],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'Prepend', prepend: '▁' },
        { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
      ],
    },
    pre_tokenizer: null,
    post_processor: {
      type: 'TemplateProcessing',
      single: [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
      pair: [],
      special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } },
    },
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '▁' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        { type: 'Strip', content: ' ', start: 1, stop: 0 },
      ],
    },
    model: {
      type: 'BPE',
      unk_token: '<unk>',
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map((merge) => merge.join(' ')),
    },
  };
})();

/** The later form of the same: the marks are put by a pre-tokenizer. */
const metaspace = {
  ...llama2,
  normalizer: null,
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'first', split: false },
};

const unigram = {
  ...metaspace,
  post_processor: null,
  decoder: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  pre_tokenizer: { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true },
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['<s>', 0],
      ['</s>', 0],
      ...'▁abcdefghijklmnopqrstuvwxyz'.split('').map((c) => [c, -6]),
      ['▁the', -3],
      ['▁whale', -4],
      ['ing', -3.5],
    ],
  },
};

const files = { 'Llama 3': llama3, Qwen: qwen, 'Llama 2': llama2, Metaspace: metaspace };
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ' the whale',
        '12345',
        'I’ll',
        "it's",
        'e\u0301',
        '漢字',
        '👩🏽‍🚀',
        '  ',
        '\n\n',
        '.\n',
        '\t',
      ),
      fc.constantFrom('<|eot_id|>', '<|im_start|>', '<tool_call>', '</s>', '<s>', ' x ', 'A', '.'),
      fc.string({ maxLength: 6 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

describe.each(Object.entries(files))('loadTokenizer with a tokenizer like %s', (name, json) => {
  const tokenizer = loadTokenizer(JSON.parse(JSON.stringify(json)));
  const library = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });

  it('gives the ids of @huggingface/tokenizers', () => {
    fc.assert(
      fc.property(anyText, fc.boolean(), (sample, addSpecialTokens) => {
        const ids = Array.from(tokenizer.encode(sample, { addSpecialTokens }));
        expect(ids).toEqual(library.encode(sample, { add_special_tokens: addSpecialTokens }).ids);
      }),
      { seed: 1, numRuns: 500 },
    );
    const chapter = text.slice(100_000, 130_000);
    expect(Array.from(tokenizer.encode(chapter))).toEqual(
      library.encode(chapter, { add_special_tokens: false }).ids,
    );
  });

  it('decodes as it encoded', () => {
    const sample = 'The whale, 1851: “Moby-Dick” — 漢字 👩🏽‍🚀  two spaces\n';
    expect(tokenizer.decode(tokenizer.encode(sample))).toBe(sample);
  });

  it('gives the same ids when a document comes in pieces', () => {
    const sample = text.slice(130_000, 134_000);
    const whole = tokenizer.encode(sample);
    for (const { index } of [...sample.matchAll(/(?<=\S) /g)].slice(0, 200)) {
      const pieces = [
        ...tokenizer.encode(sample.slice(0, index)),
        ...tokenizer.encode(sample.slice(index), { continues: true }),
      ];
      expect(pieces).toEqual([...whole]);
    }
  });

  it('counts bytes, special tokens none', () => {
    const sample = 'é the whale';
    const bytes = tokenizer.encode(sample).reduce((sum, id) => sum + tokenizer.bytesPerId[id]!, 0);
    // The mark of the beginning is one byte more.
    expect(bytes).toBe(12 + (name === 'Llama 2' || name === 'Metaspace' ? 1 : 0));
    for (const id of tokenizer.specialIds) expect(tokenizer.bytesPerId[id]).toBe(0);
  });
});

describe('loadTokenizer', () => {
  it('knows what ends a document', () => {
    expect(Object.values(files).map((json) => loadTokenizer(json).endOfTextId)).toEqual([601, 600, 2, 2]);
  });

  it('takes Unigram from the library', () => {
    const tokenizer = loadTokenizer(unigram);
    expect(tokenizer.decode(tokenizer.encode('the whale singing'))).toBe('the whale singing');
    expect([...tokenizer.encode('the whale')]).toEqual([30, 31]);
  });
});
