import { tensor2d, tidy } from '@tensorflow/tfjs-core';
import { fp4MatMul, fp4Quantize } from '@nibble-ml/fp4-gemm';

const variable = 'NIBBLE_WASM_SIMD';

/**
 * Says so when FP4 products on wasm go without relaxed SIMD: because the engine has none that is exact, or because the
 * environment forbids it. The current backend must be wasm.
 */
export function simdNotices(): string[] {
  const forced = process.env[variable] ?? '';
  if (forced === 'simd128') return [`${variable}=simd128: FP4 products on wasm run without relaxed SIMD.`];
  process.env[variable] = 'relaxed';
  try {
    tidy(() => {
      const one = fp4Quantize(tensor2d([[1]]));
      fp4MatMul(one, one);
    });
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return ['This engine has no exact relaxed SIMD: FP4 products on wasm run without it.'];
  } finally {
    if (forced === '') delete process.env[variable];
    else process.env[variable] = forced;
  }
}
