import type { RopeAttrs } from './kernel.ts';
import { ropeTable } from './reference.ts';

const f32 = Math.fround;

/**
 * Rotary position embedding in f32 arithmetic: two products and their sum, each rounded, as the wasm and webgpu
 * kernels compute it. The accuracy is judged against `ropeReference`; this is the definition of the bits.
 */
export function ropeF32(
  qkvME: Float32Array,
  width: number,
  { rotatedHeads, headDim, context, angles, offset, direction }: RopeAttrs,
): Float32Array {
  const out = qkvME.slice();
  const half = headDim / 2;
  const table = ropeTable(offset + context, headDim, angles);
  for (let m = 0; m * width < qkvME.length; m++) {
    const row = (offset + (m % context)) * headDim;
    for (let head = 0; head < rotatedHeads; head++) {
      for (let i = 0; i < half; i++) {
        const at = m * width + head * headDim + i;
        const cos = table[row + i]!;
        const sin = direction * table[row + half + i]!;
        out[at] = f32(qkvME[at]! * cos) - f32(qkvME[at + half]! * sin);
        out[at + half] = f32(qkvME[at + half]! * cos) + f32(qkvME[at]! * sin);
      }
    }
  }
  return out;
}
