import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultText } from '../data/default-text.ts';
import { loadTokenizer } from './load-tokenizer.ts';
import { endOfText } from './pre-tokenize.ts';
import { trainBpe } from './train-bpe.ts';

const { text } = defaultText();
const json = trainBpe(text.slice(0, 200_000), { vocabSize: 512 });
const tokenizer = loadTokenizer(json);
const utf8Length = (s: string): number => new TextEncoder().encode(s).length;

// Code points that tokenizers trip over, between any others.
const awkward = fc.constantFrom(
  '👩🏽‍🚀',
  '\r\n',
  '\0',
  '\u0301',
  '\uFEFF',
  '\u0085',
  "'s",
  '  ',
  ' .',
  endOfText,
  '漢字',
  'the ',
);
const anyText = fc
  .array(fc.oneof(awkward, fc.string({ unit: 'binary', maxLength: 8 })), { maxLength: 20 })
  .map((parts) => parts.join(''));

describe('loadTokenizer', () => {
  it('round-trips any text exactly', () => {
    fc.assert(
      fc.property(anyText, (sample) => {
        expect(tokenizer.decode(tokenizer.encode(sample))).toBe(sample);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('gives the ids and the text that @huggingface/tokenizers gives for the whole text', () => {
    const library = new HuggingFaceTokenizer(json, { clean_up_tokenization_spaces: false });
    fc.assert(
      fc.property(anyText, (sample) => {
        const ids = Array.from(tokenizer.encode(sample));
        expect(ids).toEqual(library.encode(sample).ids);
        // The library refuses to decode nothing.
        expect(tokenizer.decode(ids)).toBe(ids.length === 0 ? '' : library.decode(ids));
      }),
      { seed: 2, numRuns: 500 },
    );
    const chapter = text.slice(200_000, 260_000);
    expect(Array.from(tokenizer.encode(chapter))).toEqual(library.encode(chapter).ids);
  });

  it('counts the bytes of every id', () => {
    fc.assert(
      fc.property(anyText, (sample) => {
        const bytes = tokenizer.encode(sample).reduce((sum, id) => sum + tokenizer.bytesPerId[id]!, 0);
        expect(bytes).toBe(utf8Length(sample));
      }),
      { seed: 3 },
    );
  });

  it('survives JSON', () => {
    const reloaded = loadTokenizer(JSON.parse(JSON.stringify(json)));
    expect(reloaded.vocabSize).toBe(512);
    expect(reloaded.encode(text.slice(0, 999))).toEqual(tokenizer.encode(text.slice(0, 999)));
  });

  it('encodes the default text in seconds, with merges that shorten it', () => {
    // Processor time, as wall time on a busy machine says nothing.
    const start = process.cpuUsage();
    const ids = tokenizer.encode(text);
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(5);
    expect(ids.length).toBeLessThan(text.length / 2);
  });

  it('shows bytes that are not UTF-8 as U+FFFD', () => {
    expect(tokenizer.decode(tokenizer.encode('é').subarray(0, 1))).toBe('\uFFFD');
    expect(tokenizer.decode([])).toBe('');
  });

  it('rejects an id outside the vocabulary', () => {
    expect(() => tokenizer.decode([5, 512])).toThrow(/decode: ids must be 0 to 511, but got 512/);
  });

  it.each([
    ['model.type "BPE"', { ...json, model: { ...json.model, type: 'Unigram' } }],
    ['normalizer null', { ...json, normalizer: { type: 'NFC' } }],
    ['pre_tokenizer "ByteLevel"', { ...json, pre_tokenizer: { ...json.pre_tokenizer, use_regex: false } }],
    ['the added token', { ...json, added_tokens: [] }],
    ['model.type "BPE"', {}],
  ])('names what a foreign tokenizer.json lacks: %s', (what, foreign) => {
    expect(() => loadTokenizer(foreign as never)).toThrow(new RegExp(`loadTokenizer: .* must have ${what}`));
  });

  it('rejects ids with gaps', () => {
    const vocab = { ...json.model.vocab, Ġ: 600 };
    expect(() => loadTokenizer({ ...json, model: { ...json.model, vocab } })).toThrow(
      /must be 0 to 511, each once/,
    );
  });
});
