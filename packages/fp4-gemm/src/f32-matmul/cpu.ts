import { cpuFloats, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { F32MatMulOptions } from './options.ts';
import { f32MatMulInOrder } from './f32-order.ts';
import { matMulShape } from './shape.ts';

/** `F32MatMul` on the cpu backend. */
export const f32MatMulCpu: KernelFunction<CpuBackend, Required<F32MatMulOptions>> = (
  { a, b },
  attrs,
  backend,
) => {
  const shape = matMulShape(a!, b!, attrs);
  const c = f32MatMulInOrder(cpuFloats(backend, a!), cpuFloats(backend, b!), shape);
  return cpuOutput(backend, [shape.m, shape.n], c);
};
