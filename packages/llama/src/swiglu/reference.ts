import type { Floats } from '../kernel/floats.ts';

/**
 * SwiGLU (arXiv 2002.05202) in float64: `out[m,f] = silu(gate[m,f]) · up[m,f]`, `silu(g) = g / (1 + exp(-g))`.
 *
 * @param gateUp - `[M, 2F]`, row-major: F gates, then F values
 * @param ffnDim - F
 */
export function swigluReference(gateUp: Floats, ffnDim: number): Float64Array {
  const out = new Float64Array(gateUp.length / 2);
  for (let at = 0; at < out.length; at++) {
    const gateAt = at + Math.floor(at / ffnDim) * ffnDim;
    const gate = gateUp[gateAt]!;
    out[at] = (gate / (1 + Math.exp(-gate))) * gateUp[gateAt + ffnDim]!;
  }
  return out;
}

/** Gradient of {@link swigluReference}: `silu'(g) = s · (1 + g · (1 − s))` with `s = 1 / (1 + exp(-g))`. */
export function swigluGradReference(dy: Floats, gateUp: Floats, ffnDim: number): Float64Array {
  const dGateUp = new Float64Array(gateUp.length);
  for (let at = 0; at < dy.length; at++) {
    const gateAt = at + Math.floor(at / ffnDim) * ffnDim;
    const gate = gateUp[gateAt]!;
    const sigmoid = 1 / (1 + Math.exp(-gate));
    dGateUp[gateAt] = dy[at]! * gateUp[gateAt + ffnDim]! * sigmoid * (1 + gate * (1 - sigmoid));
    dGateUp[gateAt + ffnDim] = dy[at]! * gate * sigmoid;
  }
  return dGateUp;
}
