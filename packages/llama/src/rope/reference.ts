import type { Floats } from '../kernel/floats.ts';
import { ropeFrequencies } from './angles.ts';
import type { RopeAngles } from './angles.ts';
import type { RopeAttrs } from './kernel.ts';

/**
 * Cosines and sines of the rotary angles `position · frequency`, `[positions, headDim]`: in each row headDim / 2 cosines,
 * then as many sines. Computed in float64 and rounded to float32 once, here, so that every backend turns by the same
 * angles.
 */
export function ropeTable(positions: number, headDim: number, angles: RopeAngles): Float32Array {
  const { frequencies, amplitude } = ropeFrequencies(headDim, angles);
  const half = headDim / 2;
  const table = new Float32Array(positions * headDim);
  for (let position = 0; position < positions; position++) {
    for (let i = 0; i < half; i++) {
      const angle = position * frequencies[i]!;
      table[position * headDim + i] = amplitude * Math.cos(angle);
      table[position * headDim + half + i] = amplitude * Math.sin(angle);
    }
  }
  return table;
}

/**
 * Rotary position embedding (arXiv 2104.09864) in the "rotate half" layout of Hugging Face's LLaMA: in each rotated
 * head, component i pairs with component i + headDim / 2. The rest of a row passes through. In float64, on the
 * float32 table of {@link ropeTable}.
 *
 * @param qkvME - `[M, E]`, row-major: query heads, key heads, value heads
 */
export function ropeReference(
  qkvME: Floats,
  width: number,
  { rotatedHeads, headDim, context, angles, offset, direction }: RopeAttrs,
): Float64Array {
  const out = Float64Array.from(qkvME);
  const half = headDim / 2;
  const table = ropeTable(offset + context, headDim, angles);
  for (let m = 0; m * width < qkvME.length; m++) {
    const row = (offset + (m % context)) * headDim;
    for (let head = 0; head < rotatedHeads; head++) {
      for (let i = 0; i < half; i++) {
        const at = m * width + head * headDim + i;
        const cos = table[row + i]!;
        const sin = direction * table[row + half + i]!;
        out[at] = qkvME[at]! * cos - qkvME[at + half]! * sin;
        out[at + half] = qkvME[at + half]! * cos + qkvME[at]! * sin;
      }
    }
  }
  return out;
}
