import type { Component, TokenizerFile } from '../tokenizer/tokenizer-file.ts';

/** How llama.cpp splits a text before byte-level BPE, and how a `tokenizer.json` says the same. */
interface PreTokenizer {
  /** `tokenizer.ggml.pre`. */
  readonly name: string;
  /** The steps of the `pre_tokenizer`, in a form that can be compared. */
  readonly steps: readonly string[];
  /** Whether words that are tokens are taken whole, without their merges. */
  readonly ignoresMerges: boolean;
}

const CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const LLAMA_3 = `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;
const QWEN_2 = `${CONTRACTIONS}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`;

const GPT_2_STEP = 'ByteLevel';
const BYTES_STEP = 'Bytes';
const DIGITS_STEP = 'Digits';
const splitStep = (pattern: string): string => `Split ${pattern}`;

/** Those of the models this package is for. llama.cpp knows some forty; each was made for one family of models. */
const PRE_TOKENIZERS: readonly PreTokenizer[] = [
  { name: 'gpt-2', steps: [GPT_2_STEP], ignoresMerges: false },
  { name: 'smollm', steps: [DIGITS_STEP, GPT_2_STEP], ignoresMerges: false },
  { name: 'llama-bpe', steps: [splitStep(LLAMA_3), BYTES_STEP], ignoresMerges: true },
  { name: 'smaug-bpe', steps: [splitStep(LLAMA_3), BYTES_STEP], ignoresMerges: false },
  { name: 'qwen2', steps: [splitStep(QWEN_2), BYTES_STEP], ignoresMerges: false },
];

/** Names of llama.cpp for what {@link PRE_TOKENIZERS} has under another. */
const SYNONYMS: Readonly<Record<string, string>> = {
  llama3: 'llama-bpe',
  'llama-v3': 'llama-bpe',
  'phi-2': 'gpt-2',
  dbrx: 'smaug-bpe',
  starcoder: 'smollm',
};

/**
 * The `tokenizer.ggml.pre` under which llama.cpp splits a text as a `tokenizer.json` does.
 *
 * @throws RangeError when there is none that is known here
 */
export function ggmlPreTokenizer(file: TokenizerFile): string {
  const { model, normalizer, pre_tokenizer: preTokenizer } = file;
  const ignoresMerges = model.type === 'BPE' && model.ignore_merges === true;
  // llama.cpp does not normalize; its converter lets NFC pass too, which changes text that few write.
  if (normalizer != null && normalizer.type !== 'NFC') {
    throw new RangeError(
      `ggmlPreTokenizer: the normalizer must be absent or NFC, but is ${normalizer.type}; llama.cpp has none`,
    );
  }
  const steps = flatten(preTokenizer).map(stepName);
  const found = PRE_TOKENIZERS.find(
    (each) => each.ignoresMerges === ignoresMerges && each.steps.join('\n') === steps.join('\n'),
  );
  if (found === undefined) {
    throw new RangeError(
      `ggmlPreTokenizer: llama.cpp's pre-tokenizers known here are ${PRE_TOKENIZERS.map(({ name }) => name).join(', ')}, and none splits as this tokenizer.json does: ${steps.join(', then ') || 'not at all'}${ignoresMerges ? ', ignoring merges' : ''}`,
    );
  }
  return found.name;
}

/**
 * The parts of a `tokenizer.json` that say what `tokenizer.ggml.pre` says.
 *
 * @throws RangeError when it is not known here
 */
export function preTokenizerOf(name: string): { preTokenizer: object; ignoresMerges: boolean } {
  const known = SYNONYMS[name] ?? name;
  const found = PRE_TOKENIZERS.find((each) => each.name === known);
  if (found === undefined) {
    throw new RangeError(
      `preTokenizerOf: tokenizer.ggml.pre must be one of ${[...PRE_TOKENIZERS.map((each) => each.name), ...Object.keys(SYNONYMS)].join(', ')}, but is ${JSON.stringify(name)}; import the model from its Hugging Face folder`,
    );
  }
  const steps = found.steps.map(componentOf);
  return {
    preTokenizer: steps.length === 1 ? steps[0]! : { type: 'Sequence', pretokenizers: steps },
    ignoresMerges: found.ignoresMerges,
  };
}

function flatten(component: Component): NonNullable<Component>[] {
  if (component == null) return [];
  if (component.type !== 'Sequence') return [component];
  const parts = component['pretokenizers'];
  return Array.isArray(parts) ? (parts as Component[]).flatMap(flatten) : [];
}

function stepName(step: NonNullable<Component>): string {
  const { type } = step;
  if (type === 'ByteLevel' && step['add_prefix_space'] !== true) {
    return step['use_regex'] === false ? BYTES_STEP : GPT_2_STEP;
  }
  if (type === 'Digits' && step['individual_digits'] === true) return DIGITS_STEP;
  const pattern = step['pattern'] as { Regex?: string } | undefined;
  const isPlain = step['behavior'] === 'Isolated' && step['invert'] !== true;
  if (type === 'Split' && isPlain && typeof pattern?.Regex === 'string') return splitStep(pattern.Regex);
  return JSON.stringify(step);
}

function componentOf(step: string): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  if (step === GPT_2_STEP) return { ...byteLevel, use_regex: true };
  if (step === BYTES_STEP) return { ...byteLevel, use_regex: false };
  if (step === DIGITS_STEP) return { type: 'Digits', individual_digits: true };
  return {
    type: 'Split',
    pattern: { Regex: step.slice(splitStep('').length) },
    behavior: 'Isolated',
    invert: false,
  };
}
