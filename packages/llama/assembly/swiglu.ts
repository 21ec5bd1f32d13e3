import { exp4, ONE4 } from './exp';
import { loadSome, storeSome } from './simd';

// Mirrors src/swiglu/f32-order.ts operation by operation.

// @ts-ignore: decorator
@inline
function sigmoid4(gate: v128): v128 {
  return f32x4.div(ONE4, f32x4.add(ONE4, exp4(f32x4.neg(gate))));
}

// @ts-ignore: decorator
@inline
function product(gate: v128, up: v128): v128 {
  return f32x4.mul(f32x4.mul(gate, sigmoid4(gate)), up);
}

/** out[m,f] = silu(gateUp[m,f]) · gateUp[m,F+f]. */
export function swiglu(out: usize, gateUp: usize, rows: i32, ffnDim: i32): void {
  const bytes = <usize>ffnDim << 2;
  const whole = bytes & ~15;
  const left = ffnDim & 3;
  for (let m = 0; m < rows; m++) {
    const end = gateUp + whole;
    for (; gateUp < end; gateUp += 16) {
      v128.store(out, product(v128.load(gateUp), v128.load(gateUp + bytes)));
      out += 16;
    }
    if (left > 0) {
      storeSome(out, product(loadSome(gateUp, left), loadSome(gateUp + bytes, left)), left);
      out += <usize>left << 2;
      gateUp += <usize>left << 2;
    }
    gateUp += bytes;
  }
}

// @ts-ignore: decorator
@inline
function dGate(dy: v128, gate: v128, up: v128, sigmoid: v128): v128 {
  const slope = f32x4.mul(sigmoid, f32x4.add(ONE4, f32x4.mul(gate, f32x4.sub(ONE4, sigmoid))));
  return f32x4.mul(f32x4.mul(dy, up), slope);
}

/** dGate = dy · up · s · (1 + gate · (1 − s)), dUp = dy · gate · s, s = sigmoid(gate). */
export function swigluGrad(dGateUp: usize, dy: usize, gateUp: usize, rows: i32, ffnDim: i32): void {
  const bytes = <usize>ffnDim << 2;
  const whole = bytes & ~15;
  const left = ffnDim & 3;
  for (let m = 0; m < rows; m++) {
    const end = gateUp + whole;
    for (; gateUp < end; gateUp += 16) {
      const gate = v128.load(gateUp);
      const dyValues = v128.load(dy);
      const sigmoid = sigmoid4(gate);
      v128.store(dGateUp, dGate(dyValues, gate, v128.load(gateUp + bytes), sigmoid));
      v128.store(dGateUp + bytes, f32x4.mul(dyValues, f32x4.mul(gate, sigmoid)));
      dGateUp += 16;
      dy += 16;
    }
    if (left > 0) {
      const gate = loadSome(gateUp, left);
      const dyValues = loadSome(dy, left);
      const sigmoid = sigmoid4(gate);
      storeSome(dGateUp, dGate(dyValues, gate, loadSome(gateUp + bytes, left), sigmoid), left);
      storeSome(dGateUp + bytes, f32x4.mul(dyValues, f32x4.mul(gate, sigmoid)), left);
      const leftBytes = <usize>left << 2;
      dGateUp += leftBytes;
      dy += leftBytes;
      gateUp += leftBytes;
    }
    gateUp += bytes;
    dGateUp += bytes;
  }
}
