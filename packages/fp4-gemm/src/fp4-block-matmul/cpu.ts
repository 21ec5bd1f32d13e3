import { cpuInts, cpuOutput } from '@nibble-ml/tfjs-bridge';
import type { CpuBackend, KernelFunction } from '@nibble-ml/tfjs-bridge';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Fp4BlockAttributes } from '../fp4-attributes.ts';
import { cpuScales } from '../fp4-scales/cpu-scales.ts';
import { operandAttributes, productBlock } from './attributes.ts';
import type { BlockMatMulAttributes } from './attributes.ts';
import { blockMatMulReference } from './reference.ts';
import type { BlockScaledArray } from './reference.ts';

/** `Fp4BlockMatMul` on the cpu backend. */
export const fp4BlockMatMulCpu: KernelFunction<CpuBackend, BlockMatMulAttributes> = (
  { xCodes, xScales, xTensorScale, wCodes, wScales, wTensorScale },
  attrs,
  backend,
) => {
  const x = arrayOf(backend, xCodes!, xScales!, xTensorScale, operandAttributes(attrs, 'x'));
  const w = arrayOf(backend, wCodes!, wScales!, wTensorScale, operandAttributes(attrs, 'w'));
  return cpuOutput(backend, [x.rows, w.rows], blockMatMulReference(x, w, productBlock(attrs)));
};

function arrayOf(
  backend: CpuBackend,
  codes: TensorInfo,
  scales: TensorInfo,
  tensorScale: TensorInfo | undefined,
  attrs: Fp4BlockAttributes,
): BlockScaledArray {
  const rows = codes.shape[0]!;
  const floats = cpuScales(backend, rows, scales, tensorScale, attrs);
  const words = cpuInts(backend, codes);
  const { cols, block } = attrs;
  if (block > 0) return { words, rows, scales: floats, rowScales: Math.ceil(cols / block), step: 1 };
  // A matrix of one row has one scale either way.
  return { words, rows, scales: floats, rowScales: floats.length === rows ? 1 : 0, step: 0 };
}
