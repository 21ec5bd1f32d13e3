import { randomSigns } from '@nibble-ml/fp4-format';
import type { HadamardAttrs } from './options.ts';

/**
 * The bits of `hadamardTransform`: `hadamardTransform` of `@nibble-ml/fp4-format` with every addition rounded to float32.
 * Butterflies over distances 1, 2, 4, …; the factor RN32(1 / √size) at the end, which sizes 16 and 64 make exact.
 *
 * @param x - `[rows, cols]`
 */
export function hadamardF32(x: Float32Array, rows: number, cols: number, attrs: HadamardAttrs): Float32Array {
  const { size, axis, seed, inverse } = attrs;
  const signs = seed === null ? new Float32Array(size).fill(1) : randomSigns(size, seed);
  const factor = Math.fround(1 / Math.sqrt(size));
  const y = new Float32Array(x.length);
  const block = new Float32Array(size);
  const [lines, blocks, lineStride, stride] =
    axis === 1 ? [rows, cols / size, cols, 1] : [cols, rows / size, 1, cols];
  for (let line = 0; line < lines; line++) {
    for (let b = 0; b < blocks; b++) {
      const first = line * lineStride + b * size * stride;
      for (let i = 0; i < size; i++) block[i] = x[first + i * stride]! * (inverse ? 1 : signs[i]!);
      butterflies(block);
      for (let i = 0; i < size; i++) {
        const value = Math.fround(block[i]! * factor);
        y[first + i * stride] = inverse ? value * signs[i]! : value;
      }
    }
  }
  return y;
}

function butterflies(block: Float32Array): void {
  for (let half = 1; half < block.length; half *= 2) {
    for (let i = 0; i < block.length; i++) {
      if ((i & half) !== 0) continue;
      const a = block[i]!;
      const b = block[i + half]!;
      block[i] = a + b;
      block[i + half] = a - b;
    }
  }
}
