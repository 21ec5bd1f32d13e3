import { headDimOf } from '../config/llama-config.ts';
import type { LlamaConfig } from '../config/llama-config.ts';
import type { FloatDtype } from './encode-floats.ts';
import type { TensorToDeclare } from './encode-header.ts';
import { parameterShapes } from '../model/parameter-shapes.ts';

/** Rows of one of this package's parameters that are a tensor of their own in Hugging Face's layout. */
export interface HuggingFacePart {
  readonly name: string;
  readonly rows: number;
}

/**
 * The tensors of a Hugging Face `LlamaForCausalLM` that make up a parameter, stacked by rows in this order: fused qkv
 * is `q_proj`, `k_proj`, `v_proj`, fused gate and up is `gate_proj`, `up_proj`. The layouts are the same, `[out, in]`
 * and the "rotate half" order of rotary components, so splitting and stacking rows is all there is to do.
 *
 * @throws RangeError when `LlamaForCausalLM` has no such parameter
 */
export function huggingFaceParts(config: LlamaConfig, parameterName: string): HuggingFacePart[] {
  const { vocabSize, dim, nHeads, nKvHeads, ffnDim } = config;
  const headDim = headDimOf(config);
  const [, block, field] = /^blocks\.(\d+)\.(.+)\.weight$/.exec(parameterName) ?? [];
  const layer = `model.layers.${block}`;
  switch (field ?? parameterName) {
    case 'embedding.weight':
      return [{ name: 'model.embed_tokens.weight', rows: vocabSize }];
    case 'attention.norm':
      return [{ name: `${layer}.input_layernorm.weight`, rows: dim }];
    case 'attention.qkv':
      return [
        { name: `${layer}.self_attn.q_proj.weight`, rows: nHeads * headDim },
        { name: `${layer}.self_attn.k_proj.weight`, rows: nKvHeads * headDim },
        { name: `${layer}.self_attn.v_proj.weight`, rows: nKvHeads * headDim },
      ];
    case 'attention.output':
      return [{ name: `${layer}.self_attn.o_proj.weight`, rows: dim }];
    case 'mlp.norm':
      return [{ name: `${layer}.post_attention_layernorm.weight`, rows: dim }];
    case 'mlp.gate_up':
      return [
        { name: `${layer}.mlp.gate_proj.weight`, rows: ffnDim },
        { name: `${layer}.mlp.up_proj.weight`, rows: ffnDim },
      ];
    case 'mlp.down':
      return [{ name: `${layer}.mlp.down_proj.weight`, rows: dim }];
    case 'norm.weight':
      return [{ name: 'model.norm.weight', rows: dim }];
    case 'head.weight':
      return [{ name: 'lm_head.weight', rows: vocabSize }];
    default:
      throw new RangeError(`huggingFaceParts: LlamaForCausalLM has no parameter for ${parameterName}`);
  }
}

/** A tensor of a Hugging Face `LlamaForCausalLM`, and where in this package's parameters its rows are. */
export interface HuggingFaceTensor extends TensorToDeclare {
  /** Element type in the file. */
  readonly dtype: FloatDtype;
  /** The parameter that holds it. */
  readonly parameter: string;
  /** Its first row in the parameter. */
  readonly firstRow: number;
}

/**
 * All tensors of a Hugging Face `LlamaForCausalLM`, in the order of this package's parameters.
 *
 * @param dtype - element type to declare; default F32
 */
export function huggingFaceTensors(config: LlamaConfig, dtype: FloatDtype = 'F32'): HuggingFaceTensor[] {
  return parameterShapes(config).flatMap(({ name: parameter, shape }) => {
    let firstRow = 0;
    return huggingFaceParts(config, parameter).map(({ name, rows }) => {
      const tensor = { name, dtype, shape: [rows, ...shape.slice(1)], parameter, firstRow };
      firstRow += rows;
      return tensor;
    });
  });
}
