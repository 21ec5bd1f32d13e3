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
        // The special token is a mark, not text.
        expect(bytes).toBe(utf8Length(sample.replaceAll(endOfText, '')));
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
    [/its model.* is wrong/, { ...json, model: { ...json.model, type: 'WordPiece' } }],
    [/its model\.vocab is wrong/, { ...json, model: { ...json.model, vocab: [] } }],
    [/its model is wrong/, {}],
    [/its content is wrong/, 'tokenizer'],
    [
      /decoder must be ByteLevel, Metaspace .* but got WordPiece/,
      { ...json, decoder: { type: 'WordPiece' } },
    ],
    [
      /post_processor must be .* got "BertProcessing"/,
      { ...json, post_processor: { type: 'BertProcessing' } },
    ],
    [
      /pre_tokenizer .* Unknown PreTokenizer type: Nonsense/,
      { ...json, pre_tokenizer: { type: 'Nonsense' } },
    ],
    [
      /every token of model\.merges must be in model\.vocab, but "qq" of merge 0/,
      { ...json, model: { ...json.model, merges: [['q', 'q']] } },
    ],
    [
      /must belong to one token, but 7 is also/,
      { ...json, model: { ...json.model, vocab: { ...json.model.vocab, qq: 7 } } },
    ],
  ])('names what a wrong tokenizer.json lacks: %s', (message, wrong) => {
    expect(() => loadTokenizer(wrong)).toThrow(message);
  });
});
