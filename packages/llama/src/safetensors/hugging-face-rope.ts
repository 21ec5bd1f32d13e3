import type { RopeScaling } from '../rope/rope-scaling.ts';

/** A parsed `config.json`, of which nothing is known yet. */
export type Json = Readonly<Record<string, unknown>>;

/** The rotary fields of a config: base and scaling. */
export interface RopeFields {
  readonly ropeTheta: number;
  readonly ropeScaling?: RopeScaling;
}

/** What Hugging Face transformers takes where neither `rope_theta` nor a dictionary says. */
const DEFAULT_THETA = 10_000;

/**
 * The rotary embedding of a Hugging Face `config.json`: of transformers 4, with `rope_theta` and `rope_scaling`, or of
 * transformers 5, with `rope_parameters`. Defaults and precedence are those of transformers 5.
 *
 * @throws TypeError naming the field when it is a kind of scaling that is not computed, or no number
 */
export function ropeOfHuggingFace(json: Json): RopeFields {
  const [name, written] = ['rope_scaling', 'rope_parameters']
    .map((field) => [field, json[field] ?? {}] as const)
    .toSorted((a, b) => Number(isEmpty(a[1])) - Number(isEmpty(b[1])))[0]!;
  if (typeof written !== 'object' || Array.isArray(written)) refuse(name, 'an object', written);
  const fields = written as Json;
  const number = (field: string, fallback?: unknown): number => {
    const value = fields[field] ?? fallback;
    return typeof value === 'number' ? value : refuse(`${name}.${field}`, 'a number', value);
  };
  const ropeTheta = number('rope_theta', json['rope_theta'] ?? DEFAULT_THETA);
  const partial = fields['partial_rotary_factor'] ?? json['partial_rotary_factor'] ?? 1;
  if (partial !== 1) refuse('partial_rotary_factor', '1', partial);
  const type: unknown = fields['rope_type'] ?? fields['type'] ?? (isPerLayer(fields) ? fields : 'default');
  // Some configs have it beside the dictionary; there it wins.
  const original = (): number =>
    positive(
      json['original_max_position_embeddings'] ??
        fields['original_max_position_embeddings'] ??
        json['max_position_embeddings'] ??
        2048,
      `${name}.original_max_position_embeddings`,
    );
  switch (type) {
    case 'default':
      return { ropeTheta };
    case 'linear':
      return { ropeTheta, ropeScaling: { type: 'linear', factor: number('factor') } };
    case 'llama3':
      return {
        ropeTheta,
        ropeScaling: {
          type: 'llama3',
          factor: number('factor'),
          lowFreqFactor: number('low_freq_factor'),
          highFreqFactor: number('high_freq_factor'),
          originalContext: original(),
        },
      };
    case 'yarn': {
      const factor = number('factor', Number(json['max_position_embeddings']) / original());
      return {
        ropeTheta,
        ropeScaling: {
          type: 'yarn',
          factor,
          originalContext: original(),
          betaFast: number('beta_fast', 32) || 32,
          betaSlow: number('beta_slow', 1) || 1,
          attentionFactor: number('attention_factor', yarnAttentionFactor(factor, fields)),
          truncate: fields['truncate'] !== false,
        },
      };
    }
    default:
      return refuse(`${name}.rope_type`, 'default, linear, llama3 or yarn', type);
  }
}

/** arXiv 2309.00071, section 3.4, or with `mscale` the ratio that DeepSeek's checkpoints ask for. */
function yarnAttentionFactor(factor: number, fields: Json): number {
  const scaled = (scale: number): number => (factor <= 1 ? 1 : 0.1 * scale * Math.log(factor) + 1);
  const [scale, scaleAllDim] = [fields['mscale'], fields['mscale_all_dim']].map((value) =>
    Number(value ?? 0),
  );
  return scale && scaleAllDim ? scaled(scale) / scaled(scaleAllDim) : scaled(1);
}

/**
 * A scaling as the `rope_scaling` of a `config.json`, which transformers 4 and 5 both read.
 *
 * @returns null where there is none
 */
export function ropeScalingForHuggingFace(scaling: RopeScaling | undefined): Json | null {
  switch (scaling?.type) {
    case undefined:
      return null;
    case 'linear':
      return { rope_type: 'linear', factor: scaling.factor };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFreqFactor,
        high_freq_factor: scaling.highFreqFactor,
        original_max_position_embeddings: scaling.originalContext,
      };
    case 'yarn':
      return {
        rope_type: 'yarn',
        factor: scaling.factor,
        original_max_position_embeddings: scaling.originalContext,
        beta_fast: scaling.betaFast,
        beta_slow: scaling.betaSlow,
        attention_factor: scaling.attentionFactor,
        truncate: scaling.truncate,
      };
  }
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** Whether each kind of layer has a dictionary of its own. */
function isPerLayer(fields: Json): boolean {
  return Object.values(fields).some((value) => typeof value === 'object' && value !== null);
}

function positive(value: unknown, field: string): number {
  return typeof value === 'number' && value > 0 ? value : refuse(field, 'a positive number', value);
}

function refuse(field: string, expected: string, value: unknown): never {
  throw new TypeError(
    `fromHuggingFaceConfig: ${field} must be ${expected}, but is ${JSON.stringify(value)}; this package does not compute that variant`,
  );
}
