import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { disposeFp4, f32MatMul, fp4MatMul, fp4MatMulDw, fp4MatMulDx, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Entry, GemmTask } from '../contest/task.ts';
import type { BenchBackend } from '../report.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import { operandsOf } from '../gemm/operands.ts';
import { tfjsEntry } from '../gemm/tfjs-entry.ts';

/**
 * The product in FP4, on the fastest variant and on wasm also without relaxed SIMD, whose
 * operands are quantized beforehand except in `fwdWithQuantize`; and in f32.
 */
export function gemmEntries(device: TfjsDevice, task: GemmTask, backend: BenchBackend): Entry[] {
  const [m, k, n] = task.shape;
  const { xMK, wNK, dyMN } = operandsOf(task.shape);
  const x = tensor2d(xMK, [m, k]);
  const w = tensor2d(wNK, [n, k]);
  const dy = tensor2d(dyMN, [m, n]);
  const [xQuantized, wQuantized] = [fp4Quantize(x), fp4Quantize(w)];
  const held: Tensor[] = [
    x,
    w,
    dy,
    ...[xQuantized, wQuantized].flatMap(({ codes, scales }) => [codes, scales]),
  ];
  const entry = (variant: string, product: () => Tensor): Entry =>
    tfjsEntry(device, task, { variant, product }, held);
  switch (task.op) {
    case 'fwd':
      return [
        entry('fp4', () => fp4MatMul(xQuantized, wQuantized)),
        ...(backend === 'wasm'
          ? [entry('fp4 simd128', () => withSimd128(() => fp4MatMul(xQuantized, wQuantized)))]
          : []),
        entry('f32', () => f32MatMul(x, w, { transposeB: true })),
      ];
    case 'fwdWithQuantize':
      return [entry('fp4', () => quantizeAndMultiply())];
    case 'dgrad':
      return [entry('fp4', () => fp4MatMulDx(dy, wQuantized)), entry('f32', () => f32MatMul(dy, w))];
    case 'wgrad':
      return [
        entry('fp4', () => fp4MatMulDw(dy, xQuantized)),
        entry('f32', () => f32MatMul(dy, x, { transposeA: true })),
      ];
  }

  function quantizeAndMultiply(): Tensor {
    const [xOnce, wOnce] = [fp4Quantize(x), fp4Quantize(w)];
    const y = fp4MatMul(xOnce, wOnce);
    disposeFp4(xOnce);
    disposeFp4(wOnce);
    return y;
  }
}

/** Runs `body` without relaxed SIMD, as an engine does that has none. */
function withSimd128<Result>(body: () => Result): Result {
  const before = process.env['NIBBLE_WASM_SIMD'];
  process.env['NIBBLE_WASM_SIMD'] = 'simd128';
  try {
    return body();
  } finally {
    if (before === undefined) delete process.env['NIBBLE_WASM_SIMD'];
    else process.env['NIBBLE_WASM_SIMD'] = before;
  }
}
