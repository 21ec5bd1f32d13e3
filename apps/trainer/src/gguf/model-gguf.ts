import { encodeGguf, llamaMetadata, ROPE_FACTORS, ropeFactors } from '@nibble-ml/llama';
import type { EncodedGguf, GgufTensorToWrite, GgufValue, LlamaConfig } from '@nibble-ml/llama';
import type { ExportType, GgufPlan, PlannedTensor } from './plan-gguf.ts';
import { encodeParameter, takeRows } from './tensor-bytes.ts';
import type { ParameterBytes } from './tensor-bytes.ts';

/** A parameter of a model: `[rows, cols]`, or `[length]`. */
export interface Parameter {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Options of {@link modelGguf}. */
export interface ModelGgufOptions {
  readonly config: LlamaConfig;
  readonly plan: GgufPlan;
  readonly type: ExportType;
  /** What to call the model. */
  readonly name: string;
  /** The tokenizer's keys, and others. */
  readonly metadata: ReadonlyMap<string, GgufValue>;
  /** Gives a parameter; each is asked for when its turn comes. */
  readonly parameter: (name: string) => Parameter;
}

/**
 * A GGUF file of a model, in parts: one parameter is encoded at a time.
 *
 * @throws RangeError when a weight is not finite or beyond its type's range, naming the parameter
 */
export function modelGguf(options: ModelGgufOptions): EncodedGguf {
  const { config, plan, type, name, metadata, parameter } = options;
  const { feedForwardLength } = plan;
  const encoded = encodeOnce(parameter);
  const factors = ropeFactors(config);
  const tensors: GgufTensorToWrite[] = [];
  if (factors !== undefined) tensors.push(vector(ROPE_FACTORS, factors.length, () => factors));
  for (const tensor of plan.tensors) {
    const { name: tensorName, type: tensorType, shape, rows } = tensor;
    const bytes = (): Uint8Array => takeRows(encoded(tensor), rows);
    tensors.push({ name: tensorName, type: tensorType, shape, bytes });
    if (tensorType !== 'NVFP4') continue;
    // llama.cpp multiplies the product by it: blocks have no place for the scale of the tensor.
    const scale = (): Float32Array => Float32Array.of(encoded(tensor).tensorScale!);
    tensors.push(vector(tensorName.replace(/weight$/, 'scale'), 1, scale));
  }
  const model = llamaMetadata(config, { name, fileType: type, feedForwardLength });
  return encodeGguf(new Map([...model, ...metadata]), tensors);
}

function vector(name: string, length: number, values: () => Float32Array): GgufTensorToWrite {
  return { name, type: 'F32', shape: [length], bytes: () => new Uint8Array(values().slice().buffer) };
}

/** Encodes a parameter when its first tensor is written, and keeps it until another's turn comes. */
function encodeOnce(parameter: ModelGgufOptions['parameter']): (tensor: PlannedTensor) => ParameterBytes {
  let last: { readonly name: string; readonly bytes: ParameterBytes } | undefined;
  return ({ parameter: name, cols, type, rounding }) => {
    if (last?.name === name) return last.bytes;
    last = undefined;
    const { shape, values } = parameter(name);
    try {
      const bytes = encodeParameter(values, [shape[0]!, shape[1] ?? 1], cols, type, rounding);
      last = { name, bytes };
      return bytes;
    } catch (cause) {
      throw new RangeError(`modelGguf: ${name} cannot be written as ${type}: ${(cause as Error).message}`, {
        cause,
      });
    }
  };
}
