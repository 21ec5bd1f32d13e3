import type { GgufValue } from '@nibble-ml/llama';
import type { BpeModel, TokenizerFile } from '../tokenizer/tokenizer-file.ts';

/**
 * The keys of a SentencePiece-like BPE with byte fallback, such as Llama 2's. llama.cpp has no merges for it: it joins
 * the neighbours whose token has the highest score, so a token's score is how late its first merge comes, negated.
 *
 * @throws RangeError when the merges are not in an order of tokens, or leave out a way to make one, so that no scores say
 * the same
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
  const { vocab } = model;
  const merges = model.merges.map((merge) =>
    typeof merge === 'string' ? (merge.split(' ') as [string, string]) : merge,
  );
  requireAllCuts(vocab, merges);
  const scores = new Float32Array(vocabSize);
  let rank = 0;
  let previous: string | undefined;
  const ranked = new Set<string>();
  for (const merge of merges) {
    const token = merge.join('');
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

/** llama.cpp joins any two tokens that make a token; a BPE only those that it has a merge for. */
function requireAllCuts(
  vocab: Readonly<Record<string, number>>,
  merges: readonly (readonly [string, string])[],
): void {
  const known = new Set(merges.map((merge) => merge.join(' ')));
  for (const token of new Set(merges.map((merge) => merge.join('')))) {
    const characters = Array.from(token);
    for (let cut = 1; cut < characters.length; cut++) {
      const [left, right] = [characters.slice(0, cut).join(''), characters.slice(cut).join('')];
      if (Object.hasOwn(vocab, left) && Object.hasOwn(vocab, right) && !known.has(`${left} ${right}`)) {
        throw new RangeError(
          `tokenizerMetadata: every two tokens that make a token must have a merge, but ${JSON.stringify(left)} and ${JSON.stringify(right)} have none; llama.cpp would join them`,
        );
      }
    }
  }
}
