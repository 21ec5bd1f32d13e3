import {
  decodeMagnitude,
  e4m3,
  e5m2,
  encodeMagnitude,
  inverseScale,
  scaleOf,
} from '../mini-float/mini-float.ts';
import type { MiniFloat } from '../mini-float/mini-float.ts';
import type { Fp8Format } from './kernel.ts';

/** The format of that name. */
export function miniFloatOf(format: Fp8Format): MiniFloat {
  return format === 'e4m3' ? e4m3 : e5m2;
}

/** Scales of one tensor's sum: powers of two, and none when the sum is not finite. */
export interface SumScales {
  /** To decode what the sum was. */
  readonly before: number;
  /** To decode what it is. */
  readonly after: number;
  /** To encode what it will be: 1 / after. */
  readonly inverse: number;
}

/** The scales of tensor number `tensor` from what `sumBounds` left; undefined when its sum is not finite. */
export function sumScales(bounds: Float32Array, tensor: number, format: Fp8Format): SumScales | undefined {
  const [before, after] = [bounds[2 * tensor]!, bounds[2 * tensor + 1]!];
  if (!Number.isFinite(after)) return undefined;
  const scale = scaleOf(after, miniFloatOf(format));
  // What was before is not decoded when it is replaced, and is finite when it is not.
  const scaleBefore = Number.isFinite(before) ? scaleOf(before, miniFloatOf(format)) : 1;
  return { before: scaleBefore, after: scale, inverse: inverseScale(scale) };
}

/**
 * sum ← x when `replace`, else sum ← sum + x, in float32, and then the nearest code, ties to even, saturating, without
 * a negative zero.
 *
 * @param codes - the chunk's words, four codes each
 */
export function accumulateFp8Reference(
  codes: Int32Array,
  x: Float32Array,
  scales: SumScales,
  format: Fp8Format,
  replace: boolean,
): void {
  const mini = miniFloatOf(format);
  for (let i = 0; i < x.length; i++) {
    const shift = (i & 3) * 8;
    const word = codes[i >> 2]!;
    const before = replace ? 0 : Math.fround(decode(word >>> shift, mini) * scales.before);
    const sum = Math.fround(before + x[i]!);
    const magnitude = encodeMagnitude(Math.fround(Math.abs(sum) * scales.inverse), mini);
    const code = magnitude !== 0 && sum < 0 ? magnitude | 0x80 : magnitude;
    codes[i >> 2] = (word & ~(0xff << shift)) | (code << shift);
  }
}

/** mean ← factor · sum in float32. */
export function averageFp8Reference(
  mean: Float32Array,
  codes: Int32Array,
  scales: SumScales,
  format: Fp8Format,
  factor: number,
): void {
  const mini = miniFloatOf(format);
  for (let i = 0; i < mean.length; i++) {
    const value = decode(codes[i >> 2]! >>> ((i & 3) * 8), mini) * scales.after;
    mean[i] = Math.fround(value * factor);
  }
}

function decode(code: number, format: MiniFloat): number {
  const magnitude = decodeMagnitude(code & 0x7f, format);
  return (code & 0x80) === 0 ? magnitude : -magnitude;
}
