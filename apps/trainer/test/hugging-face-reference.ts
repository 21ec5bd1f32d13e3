import type { LlamaJson, NamedTensor } from './hugging-face-model.ts';

/**
 * Logits of a LlamaForCausalLM in float64, `[tokens, vocab_size]`, one plain loop after the other: RMSNorm (arXiv 1910.07467),
 * grouped-query attention (arXiv 2305.13245) under rotary embedding (arXiv 2104.09864) in the "rotate half" order and with
 * scaled angles, SwiGLU (arXiv 2002.05202). Shares nothing with the packages.
 */
export function referenceLogits(
  config: LlamaJson,
  tensors: ReadonlyMap<string, NamedTensor>,
  tokens: readonly number[],
): Float64Array[] {
  const dim = config.hidden_size;
  const heads = config.num_attention_heads;
  const headDim = (config['head_dim'] as number | undefined) ?? dim / heads;
  const group = heads / config.num_key_value_heads;
  const weight = (name: string): NamedTensor => tensors.get(`${name}.weight`)!;
  const { frequencies, amplitude } = rotaryFrequencies(config, headDim);

  let stream = tokens.map((id) => row(weight('model.embed_tokens'), id));
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}`;
    const normed = stream.map((x) => rmsNorm(x, weight(`${at}.input_layernorm`), config.rms_norm_eps));
    const project = (name: string): Float64Array[] =>
      normed.map((x) => linear(x, weight(`${at}.self_attn.${name}`)));
    const [queries, keys] = ['q_proj', 'k_proj'].map((name) =>
      project(name).map((x, position) => rotate(x, position, frequencies, amplitude)),
    ) as [Float64Array[], Float64Array[]];
    const values = project('v_proj');
    const attended = queries.map((query, t) => {
      const out = new Float64Array(heads * headDim);
      for (let head = 0; head < heads; head++) {
        const shared = Math.floor(head / group) * headDim;
        const scores = keys.slice(0, t + 1).map((key) => {
          let score = 0;
          for (let d = 0; d < headDim; d++) score += query[head * headDim + d]! * key[shared + d]!;
          return score / Math.sqrt(headDim);
        });
        const probabilities = softmax(scores);
        for (const [s, probability] of probabilities.entries()) {
          for (let d = 0; d < headDim; d++) {
            out[head * headDim + d]! += probability * values[s]![shared + d]!;
          }
        }
      }
      return out;
    });
    stream = stream.map((x, t) => add(x, linear(attended[t]!, weight(`${at}.self_attn.o_proj`))));
    stream = stream.map((x) => {
      const y = rmsNorm(x, weight(`${at}.post_attention_layernorm`), config.rms_norm_eps);
      const gate = linear(y, weight(`${at}.mlp.gate_proj`));
      const up = linear(y, weight(`${at}.mlp.up_proj`));
      const product = gate.map((g, i) => (g / (1 + Math.exp(-g))) * up[i]!);
      return add(x, linear(product, weight(`${at}.mlp.down_proj`)));
    });
  }
  const head = weight(config['tie_word_embeddings'] === true ? 'model.embed_tokens' : 'lm_head');
  return stream.map((x) => linear(rmsNorm(x, weight('model.norm'), config.rms_norm_eps), head));
}

/** Inverse frequencies after Hugging Face's definitions, which go by wavelength (llama3) and by dimension (yarn). */
function rotaryFrequencies(config: LlamaJson, headDim: number): { frequencies: number[]; amplitude: number } {
  const fields = (config['rope_scaling'] ?? config['rope_parameters'] ?? {}) as Record<string, number>;
  const theta = (fields['rope_theta'] ?? config['rope_theta']) as number;
  const plain = Array.from({ length: headDim / 2 }, (_, i) => 1 / theta ** ((2 * i) / headDim));
  const { factor, original_max_position_embeddings: original } = fields as Record<string, number>;
  const type = (fields['rope_type'] ?? fields['type']) as unknown;
  if (type === 'linear') return { frequencies: plain.map((f) => f / factor!), amplitude: 1 };
  if (type === 'llama3') {
    const { low_freq_factor: low, high_freq_factor: high } = fields as Record<string, number>;
    const frequencies = plain.map((f) => {
      const wavelength = (2 * Math.PI) / f;
      if (wavelength < original! / high!) return f;
      if (wavelength > original! / low!) return f / factor!;
      const smooth = (original! / wavelength - low!) / (high! - low!);
      return ((1 - smooth) * f) / factor! + smooth * f;
    });
    return { frequencies, amplitude: 1 };
  }
  if (type === 'yarn') {
    const dimension = (rotations: number): number =>
      (headDim * Math.log(original! / (rotations * 2 * Math.PI))) / (2 * Math.log(theta));
    const low = Math.max(Math.floor(dimension(fields['beta_fast'] ?? 32)), 0);
    const high = Math.min(Math.ceil(dimension(fields['beta_slow'] ?? 1)), headDim - 1);
    const frequencies = plain.map((f, i) => {
      const ramp = Math.min(1, Math.max(0, (i - low) / (high - low)));
      return (f / factor!) * ramp + f * (1 - ramp);
    });
    return { frequencies, amplitude: 0.1 * Math.log(factor!) + 1 };
  }
  return { frequencies: plain, amplitude: 1 };
}

/** Rotates every head: x · cos + rotateHalf(x) · sin, with rotateHalf(x) = (−second half, first half). */
function rotate(
  x: Float64Array,
  position: number,
  frequencies: readonly number[],
  amplitude: number,
): Float64Array {
  const half = frequencies.length;
  return x.map((value, at) => {
    const i = at % (2 * half);
    const angle = position * frequencies[i % half]!;
    const other = i < half ? -x[at + half]! : x[at - half]!;
    return amplitude * (value * Math.cos(angle) + other * Math.sin(angle));
  });
}

function row({ shape, values }: NamedTensor, index: number): Float64Array {
  return Float64Array.from(values.subarray(index * shape[1]!, (index + 1) * shape[1]!));
}

function linear(x: Float64Array, { shape, values }: NamedTensor): Float64Array {
  return Float64Array.from({ length: shape[0]! }, (_, n) => {
    let sum = 0;
    for (let k = 0; k < x.length; k++) sum += x[k]! * values[n * x.length + k]!;
    return sum;
  });
}

function rmsNorm(x: Float64Array, { values }: NamedTensor, eps: number): Float64Array {
  const meanSquare = x.reduce((sum, value) => sum + value * value, 0) / x.length;
  return x.map((value, i) => (value / Math.sqrt(meanSquare + eps)) * values[i]!);
}

function softmax(scores: readonly number[]): number[] {
  const greatest = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - greatest));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!);
}
