import { powF32 } from '../power/f32-power.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';
import { LEAST_NORMAL } from './reference.ts';

const f32 = Math.fround;

/** The greatest argument that is told apart with `outside: 'msAmp'`, so that no power is subnormal. */
export const GREATEST_ARGUMENT: number = 2 ** 100;

// A clip beyond it would be infinite in float32.
const GREATEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/** The scalars that the three kernels compute with; all but the flag are float32. */
export interface DerivativeScalars {
  /** 1/k - 1. */
  readonly exponent: number;
  /** 1/k. */
  readonly slope: number;
  readonly clip: number;
  readonly isMsAmp: boolean;
}

/** The scalars of an op's attributes. */
export function derivativeScalars({ k, clip, outside }: ApplyDgeAttrs): DerivativeScalars {
  return {
    exponent: f32(1 / k - 1),
    slope: f32(1 / k),
    clip: f32(Math.min(clip, GREATEST_FLOAT)),
    isMsAmp: outside === 'msAmp',
  };
}

/**
 * dW[n, k] *= f'(w[n, k] / scale[n]) in place, for the E2M1 grid, in f32 arithmetic, every operation rounded, in the
 * order that the wasm and webgpu kernels follow; no fused multiply-add. The accuracy is judged against
 * `applyDgeReference`; this is the definition of the bits.
 */
export function applyDgeF32(
  dw: Float32Array,
  w: Float32Array,
  scales: Float32Array,
  rows: number,
  cols: number,
  scalars: DerivativeScalars,
): void {
  for (let row = 0; row < rows; row++) {
    const scale = scales.length === 1 ? scales[0]! : scales[row]!;
    const isZero = Math.abs(scale) < LEAST_NORMAL;
    for (let i = row * cols; i < (row + 1) * cols; i++) {
      dw[i]! *= derivativeF32(isZero ? 0 : f32(w[i]! / scale), scalars);
    }
  }
}

function derivativeF32(x: number, { exponent, slope, clip, isMsAmp }: DerivativeScalars): number {
  if (isMsAmp && x > 6) return 0;
  const magnitude = Math.min(Math.abs(x), isMsAmp ? GREATEST_ARGUMENT : 6);
  if (magnitude !== magnitude) return NaN;

  // The interval width is 2 from 4 on, 1 from 2 on, 1/2 below, and every left edge is a multiple of it.
  const isWide = magnitude >= 4;
  const perWidth = isWide ? 0.5 : magnitude >= 2 ? 1 : 2;
  const position = magnitude * perWidth;
  // The last interval, [4, 6] = 2 * [2, 3], is closed at the top and goes on above it.
  const left = Math.min(Math.floor(position), isWide ? 2 : 3);
  const u = Math.abs(f32(f32(position - left) * 2 - 1));

  if (u === 0 && exponent < 0) return clip;
  return Math.min(f32(slope * powF32(Math.max(u, LEAST_NORMAL), exponent)), clip);
}
