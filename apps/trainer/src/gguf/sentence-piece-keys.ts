import type { GgufValue } from '@nibble-ml/llama';
import type { BpeModel, TokenizerFile } from '../tokenizer/tokenizer-file.ts';

/**
 * The keys of a SentencePiece-like BPE with byte fallback, such as Llama 2's. llama.cpp has no merges for it: it joins
 * the neighbours whose token has the highest score, so a token's score is how late its first merge comes, negated.
 *
 * @throws RangeError when the merges are not in an order of tokens, so that no scores say the same
 */
export function sentencePieceKeys(
  file: TokenizerFile,
  model: BpeModel,
  vocabSize: number,
): [key: string, value: GgufValue][] {
  if (model.byte_fallback !== true) {
    throw new RangeError(
      'tokenizerMetadata: a BPE that is not byte-level must have byte_fallback, as Llama 2 has, but has not',
    );
  }
  const { vocab, merges } = model;
  const scores = new Float32Array(vocabSize);
  let rank = 0;
  let previous: string | undefined;
  const ranked = new Set<string>();
  for (const merge of merges) {
    const token = typeof merge === 'string' ? merge.replace(' ', '') : merge.join('');
    if (token === previous) continue;
    previous = token;
    if (ranked.has(token) || vocab[token] === undefined) {
      throw new RangeError(
        `tokenizerMetadata: all merges that make a token must follow one another, but those of ${JSON.stringify(token)} do not; llama.cpp ranks tokens, not merges`,
      );
    }
    ranked.add(token);
    scores[vocab[token]] = -rank;
    rank++;
  }
  const prefix = JSON.stringify([file.normalizer, file.pre_tokenizer]);
  const addsSpace = /"Prepend"/.test(prefix) || /"prepend_scheme":"(first|always)"/.test(prefix);
  return [
    ['tokenizer.ggml.model', { type: 'string', value: 'llama' }],
    ['tokenizer.ggml.pre', { type: 'string', value: 'default' }],
    ['tokenizer.ggml.scores', { type: 'array', value: { of: 'float32', items: scores } }],
    ['tokenizer.ggml.add_space_prefix', { type: 'bool', value: addsSpace }],
  ];
}
