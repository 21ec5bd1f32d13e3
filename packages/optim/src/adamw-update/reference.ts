import type { AdamWCoefficients } from '../adamw-coefficients.ts';

/**
 * One AdamW update in place, every operation rounded to float32, so that the other backends can do the same:
 *
 *     g ← clipFactor · gradient
 *     m ← β₁ m + (1 − β₁) g
 *     v ← β₂ v + (1 − β₂) g²
 *     w ← w − (decay · w + stepSize · m / (√(secondCorrection · v) + ε))
 *
 * Nothing is written when `clipFactor` is 0, the mark of an update to leave out.
 *
 * @param decays - whether the weights decay; else decay is 0
 */
export function adamWUpdateReference(
  w: Float32Array,
  m: Float32Array,
  v: Float32Array,
  gradient: Float32Array,
  clipFactor: number,
  coefficients: AdamWCoefficients,
  decays: boolean,
): void {
  if (clipFactor === 0) return;
  const { beta1, oneMinusBeta1, beta2, oneMinusBeta2, stepSize, secondCorrection, epsilon } = coefficients;
  const decay = decays ? coefficients.decay : 0;
  const { fround, sqrt } = Math;
  for (let i = 0; i < w.length; i++) {
    const g = fround(clipFactor * gradient[i]!);
    const mNew = fround(fround(beta1 * m[i]!) + fround(oneMinusBeta1 * g));
    const vNew = fround(fround(beta2 * v[i]!) + fround(oneMinusBeta2 * fround(g * g)));
    const denominator = fround(fround(sqrt(fround(secondCorrection * vNew))) + epsilon);
    const step = fround(fround(stepSize * mNew) / denominator);
    m[i] = mNew;
    v[i] = vNew;
    w[i] = fround(w[i]! - fround(fround(decay * w[i]!) + step));
  }
}
