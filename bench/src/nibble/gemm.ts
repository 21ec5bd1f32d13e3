import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { disposeFp4, f32MatMul, fp4MatMul, fp4MatMulDw, fp4MatMulDx, fp4Quantize } from '@nibble-ml/fp4-gemm';
import type { Fp4Tensor } from '@nibble-ml/fp4-gemm';
import type { Entry, GemmTask } from '../contest/task.ts';
import type { BenchBackend } from '../report.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import { int8Seed, operandsOf } from '../gemm/operands.ts';
import { tfjsEntry } from '../gemm/tfjs-entry.ts';

/**
 * The product in FP4, on the fastest variant and on wasm also without relaxed SIMD, whose FP4 operands are quantized
 * beforehand except in `fwdWithQuantize`; and in f32. Gradients are float32 or rounded to INT8, which is timed with it.
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
  const entry = (variant: string, product: () => Tensor, packed: readonly Fp4Tensor[] = []): Entry => {
    const bytes = packed.length === 0 ? {} : { packedBytes: packed.map(bytesOf).reduce((a, b) => a + b) };
    return tfjsEntry(device, task, { variant, product, ...bytes }, held);
  };
  const [both, int8] = [[xQuantized, wQuantized], { gradient: 'int8', seed: int8Seed } as const];
  switch (task.op) {
    case 'fwd':
      return [
        entry('fp4', () => fp4MatMul(xQuantized, wQuantized), both),
        ...(backend === 'wasm'
          ? [entry('fp4 simd128', () => withSimd128(() => fp4MatMul(xQuantized, wQuantized)), both)]
          : []),
        entry('f32', () => f32MatMul(x, w, { transposeB: true })),
      ];
    case 'fwdWithQuantize':
      return [entry('fp4', () => quantizeAndMultiply(), both)];
    case 'dgrad':
      return [
        entry('fp4', () => fp4MatMulDx(dy, wQuantized), [wQuantized]),
        entry('fp4 int8', () => fp4MatMulDx(dy, wQuantized, int8), [wQuantized]),
        entry('f32', () => f32MatMul(dy, w)),
      ];
    case 'wgrad':
      return [
        entry('fp4', () => fp4MatMulDw(dy, xQuantized), [xQuantized]),
        entry('fp4 int8', () => fp4MatMulDw(dy, xQuantized, int8), [xQuantized]),
        entry('f32', () => f32MatMul(dy, x, { transposeA: true })),
      ];
  }

  function quantizeAndMultiply(): Tensor {
    const xOnce = fp4Quantize(x);
    const y = fp4MatMul(xOnce, wQuantized);
    disposeFp4(xOnce);
    return y;
  }
}

function bytesOf({ codes, scales }: Fp4Tensor): number {
  return 4 * (codes.size + scales.size);
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
