import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Param } from './params.ts';

/** One dispatch of a compute shader. */
export interface GpuProgram {
  /** Appears in error messages and GPU profiles. */
  readonly name: string;
  /**
   * The whole shader, `enable` directives included; entry point `main`. All resources are in group 0 and numbered in
   * this order: inputs (`var<storage, read>`), outputs (`var<storage, read_write>`), then, when there are `params`,
   * one uniform struct of 4-byte scalars.
   */
  readonly wgsl: string;
  /** Read by the shader. */
  readonly inputs: readonly TensorInfo[];
  /** Written by the shader. A tensor that exists already is updated in place; it must not be an input as well. */
  readonly outputs: readonly TensorInfo[];
  /** The members of the uniform struct, in order. */
  readonly params?: readonly Param[];
  /** Workgroups in x, y and z. */
  readonly workgroups: readonly [number, number?, number?];
}
