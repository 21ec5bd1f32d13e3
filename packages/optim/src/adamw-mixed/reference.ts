import type { AdamWCoefficients } from '../adamw-coefficients.ts';
import { decodeMagnitude, e4m3, encodeMagnitude, f16 } from '../mini-float/mini-float.ts';
import type { MomentScales } from './scales.ts';

/** The smallest normal float32. */
const smallestNormal = 2 ** -126;

/**
 * One AdamW update in place with coded moments: the arithmetic of `adamWUpdateReference`, on decoded moments, and in
 * the weights with the new moments before they are rounded. Then each is rounded to the nearest code, ties to even:
 * the first moment to E4M3, saturating, and without a negative zero; the second to binary16, but a positive one never
 * to 0, so that no step divides by ε alone.
 *
 * @param moments - the chunk's words, three for four elements
 * @param clipFactor - not 0
 */
export function adamWMixedReference(
  w: Float32Array,
  moments: Int32Array,
  gradient: Float32Array,
  clipFactor: number,
  scales: MomentScales,
  coefficients: AdamWCoefficients,
  decays: boolean,
): void {
  const { beta1, oneMinusBeta1, beta2, oneMinusBeta2, stepSize, secondCorrection, epsilon } = coefficients;
  const decay = decays ? coefficients.decay : 0;
  const { abs, fround, sqrt } = Math;
  for (let i = 0; i < w.length; i++) {
    const firstWord = 3 * (i >> 2);
    const secondWord = firstWord + 1 + ((i >> 1) & 1);
    const firstShift = (i & 3) * 8;
    const secondShift = (i & 1) * 16;
    const m = decodeFirst((moments[firstWord]! >>> firstShift) & 0xff) * scales.first;
    const v = decodeMagnitude((moments[secondWord]! >>> secondShift) & 0xffff, f16) * scales.second;

    const g = fround(clipFactor * gradient[i]!);
    const mNew = fround(fround(beta1 * m) + fround(oneMinusBeta1 * g));
    const vNew = fround(fround(beta2 * v) + fround(oneMinusBeta2 * fround(g * g)));
    const denominator = fround(fround(sqrt(fround(secondCorrection * vNew))) + epsilon);
    const step = fround(fround(stepSize * mNew) / denominator);
    w[i] = fround(w[i]! - fround(fround(decay * w[i]!) + step));

    const magnitude = encodeMagnitude(fround(abs(mNew) * scales.firstInverse), e4m3);
    const first = magnitude !== 0 && mNew < 0 ? magnitude | 0x80 : magnitude;
    const least = vNew >= smallestNormal ? 1 : 0;
    const second = Math.max(encodeMagnitude(fround(vNew * scales.secondInverse), f16), least);
    moments[firstWord] = replaced(moments[firstWord]!, 0xff, first, firstShift);
    moments[secondWord] = replaced(moments[secondWord]!, 0xffff, second, secondShift);
  }
}

function decodeFirst(code: number): number {
  const magnitude = decodeMagnitude(code & 0x7f, e4m3);
  return code >= 0x80 ? -magnitude : magnitude;
}

function replaced(word: number, mask: number, code: number, shift: number): number {
  return (word & ~(mask << shift)) | (code << shift);
}
