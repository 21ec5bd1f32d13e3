import { expF32 } from '../kernel/f32-math.ts';

const f32 = Math.fround;

/**
 * SwiGLU in f32 arithmetic, every operation rounded, in the order that the wasm and webgpu kernels follow. The
 * accuracy is judged against `swigluReference`; this is the definition of the bits.
 */
export function swigluF32(gateUp: Float32Array, ffnDim: number): Float32Array {
  const out = new Float32Array(gateUp.length / 2);
  for (let at = 0; at < out.length; at++) {
    const gateAt = at + Math.floor(at / ffnDim) * ffnDim;
    const gate = gateUp[gateAt]!;
    out[at] = f32(gate * sigmoidF32(gate)) * gateUp[gateAt + ffnDim]!;
  }
  return out;
}

/** Gradient of {@link swigluF32}, in f32 arithmetic of fixed order. */
export function swigluGradF32(dy: Float32Array, gateUp: Float32Array, ffnDim: number): Float32Array {
  const dGateUp = new Float32Array(gateUp.length);
  for (let at = 0; at < dy.length; at++) {
    const gateAt = at + Math.floor(at / ffnDim) * ffnDim;
    const gate = gateUp[gateAt]!;
    const sigmoid = sigmoidF32(gate);
    const slope = f32(sigmoid * f32(1 + f32(gate * f32(1 - sigmoid))));
    dGateUp[gateAt] = f32(dy[at]! * gateUp[gateAt + ffnDim]!) * slope;
    dGateUp[gateAt + ffnDim] = dy[at]! * f32(gate * sigmoid);
  }
  return dGateUp;
}

function sigmoidF32(gate: number): number {
  return f32(1 / f32(1 + expF32(-gate)));
}
