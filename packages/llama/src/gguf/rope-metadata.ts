import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { ropeFrequencies } from '../rope/angles.ts';
import { validateRopeScaling } from '../rope/rope-scaling.ts';
import type { RopeScaling } from '../rope/rope-scaling.ts';
import { numberOf } from './metadata-number.ts';
import type { GgufValue } from './metadata.ts';
import type { GgufFile } from './read-gguf.ts';

/** The tensor of {@link ropeFactors}. */
export const ROPE_FACTORS = 'rope_freqs.weight';

/** The scaling in this package's words: GGUF has no keys for all of its fields. */
const OWN_SCALING = 'nibble.rope_scaling';

/** Linear scaling is a key; all others are factors of the frequencies, by which llama.cpp computes the very same angles. */
function hasFactors({ ropeScaling }: LlamaConfig): boolean {
  return ropeScaling !== undefined && ropeScaling.type !== 'linear';
}

/**
 * What llama.cpp divides each rotary frequency by, float32 `[headDim / 2]`, its tensor `rope_freqs.weight`; undefined
 * where it needs none.
 */
export function ropeFactors(config: LlamaConfig): Float32Array | undefined {
  if (!hasFactors(config)) return undefined;
  const { ropeTheta: theta, ropeScaling: scaling } = config;
  const headDim = headDimOf(config);
  const { frequencies } = ropeFrequencies(headDim, { theta });
  const scaled = ropeFrequencies(headDim, { theta, scaling: scaling! }).frequencies;
  return Float32Array.from(frequencies, (frequency, i) => frequency / scaled[i]!);
}

/** The keys of a model's scaled angles. */
export function ropeMetadata(config: LlamaConfig): [key: string, value: GgufValue][] {
  const { ropeTheta: theta, ropeScaling: scaling } = config;
  if (scaling === undefined) return [];
  const own: [string, GgufValue] = [OWN_SCALING, { type: 'string', value: JSON.stringify(scaling) }];
  if (!hasFactors(config)) {
    return [
      ['llama.rope.scaling.type', { type: 'string', value: 'linear' }],
      ['llama.rope.scaling.factor', { type: 'float32', value: scaling.factor }],
      own,
    ];
  }
  const { amplitude } = ropeFrequencies(headDimOf(config), { theta, scaling });
  return [
    ['llama.rope.scaling.type', { type: 'string', value: 'none' }],
    ['llama.rope.scaling.attn_factor', { type: 'float32', value: amplitude }],
    own,
  ];
}

/**
 * The scaling of a file's angles, or undefined.
 *
 * @throws RangeError when it is one that this package does not compute
 */
export function readRopeScaling(file: GgufFile, config: LlamaConfig): RopeScaling | undefined {
  const factors = fileFactors(file, config);
  const own = file.value(OWN_SCALING);
  const scaling =
    own?.type === 'string' ? ownScaling(own.value) : (foreignScaling(file) ?? llama3Scaling(factors));
  if (scaling !== undefined) validateRopeScaling(scaling);
  const expected = ropeFactors({ ...config, ...(scaling === undefined ? {} : { ropeScaling: scaling }) });
  if (factors !== undefined && !isClose(factors, expected)) {
    throw new RangeError(
      `readRopeScaling: ${ROPE_FACTORS} must be the factors of Llama 3's scaling or of ${OWN_SCALING}, but is not; other scalings are not computed`,
    );
  }
  return scaling;
}

function ownScaling(json: string): RopeScaling {
  let scaling: unknown;
  try {
    scaling = JSON.parse(json);
  } catch (cause) {
    throw new RangeError(`readRopeScaling: ${OWN_SCALING} must be JSON, but is not`, { cause });
  }
  const kinds: Readonly<Record<string, string>> = { type: 'string', truncate: 'boolean' };
  const isFit =
    typeof scaling === 'object' &&
    scaling !== null &&
    Object.entries(scaling).every(([field, value]) => typeof value === (kinds[field] ?? 'number'));
  if (!isFit)
    throw new RangeError(`readRopeScaling: ${OWN_SCALING} must hold numbers by name, but got ${json}`);
  return scaling as RopeScaling;
}

function fileFactors(file: GgufFile, config: LlamaConfig): Float32Array | undefined {
  const info = file.tensors.get(ROPE_FACTORS);
  if (info === undefined) return undefined;
  const length = headDimOf(config) / 2;
  if (info.type !== 'F32' || info.shape.join() !== String(length)) {
    throw new RangeError(
      `readRopeScaling: ${ROPE_FACTORS} must be F32 of shape [${length}], but is ${info.type} of [${info.shape.join(', ')}]`,
    );
  }
  return new Float32Array(new Uint8Array(file.readTensor(ROPE_FACTORS)).buffer);
}

/** What `llama.rope.scaling.*` says, as llama.cpp reads it. */
function foreignScaling(file: GgufFile): RopeScaling | undefined {
  const key = (name: string): number | undefined => numberOf(file, `llama.rope.scaling.${name}`);
  const entry = file.value('llama.rope.scaling.type');
  const factor = key('factor') ?? numberOf(file, 'llama.rope.scale_linear') ?? 1;
  // llama.cpp scales linearly where the file has a factor and no type.
  const type = entry?.value ?? 'linear';
  if (type === 'none' || (type === 'linear' && factor === 1)) return undefined;
  if (type === 'linear') return { type, factor };
  if (type === 'yarn') {
    return {
      type,
      factor,
      originalContext: key('original_context_length') ?? numberOf(file, 'llama.context_length') ?? 0,
      betaFast: key('yarn_beta_fast') ?? 32,
      betaSlow: key('yarn_beta_slow') ?? 1,
      attentionFactor: (0.1 * Math.log(factor) + 1) * (key('attn_factor') ?? 1),
      truncate: true,
    };
  }
  throw new RangeError(
    `readRopeScaling: llama.rope.scaling.type must be none, linear or yarn, but got ${JSON.stringify(type)}; other scalings are not computed`,
  );
}

/** The scaling of every Llama 3 so far, of which a converted file has kept only the factors. */
function llama3Scaling(factors: Float32Array | undefined): RopeScaling | undefined {
  if (factors === undefined) return undefined;
  const factor = factors.reduce((a, b) => Math.max(a, b), 1);
  if (factor === 1) return undefined;
  return { type: 'llama3', factor, lowFreqFactor: 1, highFreqFactor: 4, originalContext: 8192 };
}

/** Whether factors are the same but for the rounding of those who wrote them in float32. */
function isClose(factors: Float32Array, expected: Float32Array | undefined): boolean {
  return factors.every((factor, i) => {
    const wanted = expected?.[i] ?? 1;
    return Math.abs(factor - wanted) <= 1e-4 * wanted;
  });
}
