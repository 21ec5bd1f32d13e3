import { u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';

/** What becomes of an element of dW when its sum over the tokens is known. */
export interface DwEpilogue {
  /** Inputs that it reads besides, as the shader names them. */
  readonly inputs: readonly {
    readonly name: string;
    readonly type: 'u32' | 'f32';
    readonly tensor: TensorInfo;
  }[];
  /** Members of the shader's uniform, `name: type, `, and their values. */
  readonly fields: string;
  readonly params: readonly Param[];
  /** WGSL functions that the statement calls. */
  readonly functions: string;
  /** WGSL statement that writes `dw[at]`, given `sum`. */
  readonly statement: string;
}

/** dw += sum. */
export const ADD_SUM: DwEpilogue = {
  inputs: [],
  fields: '',
  params: [],
  functions: '',
  statement: 'dw[at] += sum;',
};

/** The declarations of the inputs, scratch and outputs of a shader that sums up dW, and of its uniform. */
export function dwDeclarations(epilogue: DwEpilogue, hasScratch: boolean): string {
  const storage = [
    'var<storage, read> dy: array<f32>;',
    'var<storage, read> indices: array<u32>;',
    'var<storage, read> values: array<f32>;',
    ...epilogue.inputs.map(({ name, type }) => `var<storage, read> ${name}: array<${type}>;`),
    ...(hasScratch ? ['var<storage, read_write> sums: array<f32>;'] : []),
    'var<storage, read_write> dw: array<f32>;',
    'var<uniform> params: Params;',
  ];
  return [
    `struct Params { m: u32, n: u32, k: u32, width: u32, columns: u32, ${epilogue.fields} }`,
    ...storage.map((line, binding) => `@group(0) @binding(${binding}) ${line}`),
    epilogue.functions,
  ].join('\n');
}

/** The values of the uniform. */
export function dwParams(
  { m, n, k, width, columns }: { m: number; n: number; k: number; width: number; columns: number },
  { params }: DwEpilogue,
): Param[] {
  return [...[m, n, k, width, columns].map(u32), ...params];
}
