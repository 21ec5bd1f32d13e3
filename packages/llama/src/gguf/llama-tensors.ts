import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import { parameterShapes } from '../model/parameter-shapes.ts';

/** A tensor of llama.cpp's LLaMA, and where it comes from. */
export interface LlamaTensor {
  /** llama.cpp's name, `blk.0.attn_q.weight`. */
  readonly name: string;
  /** This package's parameter, `blocks.0.attention.qkv.weight`. */
  readonly parameter: string;
  /** Which rows of the parameter make up the tensor, in its order; -1 is a row of zeros. Of a vector, its entries. */
  readonly rows: Int32Array;
  /** Length of a row, with zeros at the end where the parameter's are shorter; 1 for a vector. */
  readonly cols: number;
  /** `[rows]` or `[rows, cols]`. */
  readonly shape: readonly number[];
}

/** Options of {@link llamaTensors}. */
export interface LlamaTensorOptions {
  /**
   * Hidden width of the feed-forward network in the file, at least the model's; default the same. Zeros fill it up,
   * which changes no result: silu(0) · 0 = 0, times columns of zeros. Block formats need it where their blocks do not
   * divide the width.
   */
  readonly feedForwardLength?: number;
}

/**
 * The tensors of llama.cpp's LLaMA in the order of its converter, taken from a model's parameters. Fused query, key and
 * value are three there, and so are gate and up. llama.cpp turns neighbouring components of a head, the model components
 * i and i + headDim / 2, so the rows of query and key heads are put into another order: the products of the two are the
 * same. A tied head is left out: llama.cpp takes the embedding.
 *
 * @throws RangeError when `feedForwardLength` is less than the model's width
 */
export function llamaTensors(
  config: LlamaConfig,
  { feedForwardLength = config.ffnDim }: LlamaTensorOptions = {},
): LlamaTensor[] {
  const { ffnDim } = config;
  if (feedForwardLength < ffnDim) {
    throw new RangeError(
      `llamaTensors: feedForwardLength must be at least the model's ${ffnDim}, but got ${feedForwardLength}`,
    );
  }
  return parameterShapes(config).flatMap(({ name: parameter, shape }) => {
    const isDown = parameter.endsWith('.mlp.down.weight');
    const cols = isDown ? feedForwardLength : (shape[1] ?? 1);
    return partsOf(config, parameter, shape[0], feedForwardLength).map(([name, rows]) => ({
      name,
      parameter,
      rows,
      cols,
      shape: shape.length === 1 ? [rows.length] : [rows.length, cols],
    }));
  });
}

function partsOf(
  config: LlamaConfig,
  parameter: string,
  length: number,
  feedForwardLength: number,
): [name: string, rows: Int32Array][] {
  const { nHeads, nKvHeads, ffnDim } = config;
  const headDim = headDimOf(config);
  const [, block, field] = /^blocks\.(\d+)\.(.+)\.weight$/.exec(parameter) ?? [];
  const part = (name: string, rows: Int32Array): [string, Int32Array] => [
    `blk.${block}.${name}.weight`,
    rows,
  ];
  switch (field ?? parameter) {
    case 'embedding.weight':
      return [['token_embd.weight', range(0, length)]];
    case 'attention.norm':
      return [part('attn_norm', range(0, length))];
    case 'attention.qkv': {
      const key = nHeads * headDim;
      const value = key + nKvHeads * headDim;
      return [
        part('attn_q', interleaved(0, nHeads, headDim)),
        part('attn_k', interleaved(key, nKvHeads, headDim)),
        part('attn_v', range(value, length - value)),
      ];
    }
    case 'attention.output':
      return [part('attn_output', range(0, length))];
    case 'mlp.norm':
      return [part('ffn_norm', range(0, length))];
    case 'mlp.gate_up':
      return [
        part('ffn_gate', range(0, ffnDim, feedForwardLength)),
        part('ffn_up', range(ffnDim, ffnDim, feedForwardLength)),
      ];
    case 'mlp.down':
      return [part('ffn_down', range(0, length))];
    case 'norm.weight':
      return [['output_norm.weight', range(0, length)]];
    case 'head.weight':
      return [['output.weight', range(0, length)]];
    default:
      throw new RangeError(`llamaTensors: llama.cpp's LLaMA has no tensor for ${parameter}`);
  }
}

/** `count` rows from `start` on, then rows of zeros up to `length`. */
function range(start: number, count: number, length: number = count): Int32Array {
  return Int32Array.from({ length }, (_, i) => (i < count ? start + i : -1));
}

/** The rows of heads from `start` on, with the two halves of each head as neighbours. */
function interleaved(start: number, heads: number, headDim: number): Int32Array {
  return Int32Array.from({ length: heads * headDim }, (_, row) => {
    const component = row % headDim;
    const half = component % 2 === 0 ? 0 : headDim / 2;
    return start + row - component + half + Math.floor(component / 2);
  });
}
