import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';

/** How a parameter starts: ones, or normal with this standard deviation. */
export type Initialization =
  | 'ones'
  | {
      /** Of a normal distribution around 0; positive. */
      readonly standardDeviation: number;
    };

/** A parameter of a model. */
export interface ParameterShape {
  /** As in `Llama.parameters`. */
  readonly name: string;
  /** `[D]`, or `[out, in]`. */
  readonly shape: readonly [number] | readonly [number, number];
  /** What its values are before training. */
  readonly initialization: Initialization;
}

/**
 * The parameters of a model in order of use. Weights are `[out, in]`; query, key and value heads are one matrix, and
 * so are gate and up. Normal with deviation 0.02; those that write to the residual stream with
 * 0.02 / sqrt(2 nLayers), so that its variance does not grow with depth (the GPT-2 report, section 2.3).
 */
export function parameterShapes(config: LlamaConfig): ParameterShape[] {
  const { vocabSize, dim, nLayers, nHeads, nKvHeads, ffnDim, tiedEmbeddings } = config;
  const headDim = headDimOf(config);
  const normal = { standardDeviation: 0.02 };
  const residual = { standardDeviation: 0.02 / Math.sqrt(2 * nLayers) };
  const shapes: ParameterShape[] = [
    { name: 'embedding.weight', shape: [vocabSize, dim], initialization: normal },
  ];
  for (let block = 0; block < nLayers; block++) {
    const qkv = (nHeads + 2 * nKvHeads) * headDim;
    shapes.push(
      { name: `blocks.${block}.attention.norm.weight`, shape: [dim], initialization: 'ones' },
      { name: `blocks.${block}.attention.qkv.weight`, shape: [qkv, dim], initialization: normal },
      {
        name: `blocks.${block}.attention.output.weight`,
        shape: [dim, nHeads * headDim],
        initialization: residual,
      },
      { name: `blocks.${block}.mlp.norm.weight`, shape: [dim], initialization: 'ones' },
      { name: `blocks.${block}.mlp.gate_up.weight`, shape: [2 * ffnDim, dim], initialization: normal },
      { name: `blocks.${block}.mlp.down.weight`, shape: [dim, ffnDim], initialization: residual },
    );
  }
  shapes.push({ name: 'norm.weight', shape: [dim], initialization: 'ones' });
  if (!tiedEmbeddings) shapes.push({ name: 'head.weight', shape: [vocabSize, dim], initialization: normal });
  return shapes;
}
