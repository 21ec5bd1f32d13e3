import { exp4 } from './exp';
import { loadSome, storeSome } from './simd';

// Mirrors src/swiglu/f32-order.ts operation by operation.

// @ts-ignore: decorator
@inline
function sigmoid4(gate: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(gate))));
}

/** out[m,f] = silu(gateUp[m,f]) · gateUp[m,F+f]. */
export function swiglu(out: usize, gateUp: usize, rows: i32, ffnDim: i32): void {
  for (let m = 0; m < rows; m++) {
    const gates = gateUp + ((<usize>m * ffnDim) << 3);
    const ups = gates + (<usize>ffnDim << 2);
    const outs = out + ((<usize>m * ffnDim) << 2);
    for (let f = 0; f < ffnDim; f += 4) {
      const at = f << 2;
      const left = ffnDim - f;
      const gate = loadSome(gates + at, left);
      const silu = f32x4.mul(gate, sigmoid4(gate));
      storeSome(outs + at, f32x4.mul(silu, loadSome(ups + at, left)), left);
    }
  }
}

/** dGate = dy · up · s · (1 + gate · (1 − s)), dUp = dy · gate · s, s = sigmoid(gate). */
export function swigluGrad(dGateUp: usize, dy: usize, gateUp: usize, rows: i32, ffnDim: i32): void {
  const one = f32x4.splat(1);
  for (let m = 0; m < rows; m++) {
    const row = (<usize>m * ffnDim) << 3;
    const up = <usize>ffnDim << 2;
    const dys = dy + ((<usize>m * ffnDim) << 2);
    for (let f = 0; f < ffnDim; f += 4) {
      const at = row + (f << 2);
      const left = ffnDim - f;
      const gate = loadSome(gateUp + at, left);
      const sigmoid = sigmoid4(gate);
      const dyValues = loadSome(dys + (f << 2), left);
      const slope = f32x4.mul(sigmoid, f32x4.add(one, f32x4.mul(gate, f32x4.sub(one, sigmoid))));
      const dGate = f32x4.mul(f32x4.mul(dyValues, loadSome(gateUp + at + up, left)), slope);
      storeSome(dGateUp + at, dGate, left);
      storeSome(dGateUp + at + up, f32x4.mul(dyValues, f32x4.mul(gate, sigmoid)), left);
    }
  }
}
