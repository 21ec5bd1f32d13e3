import { expect, it } from 'vitest';
import { encodeE2m1 } from './e2m1.ts';
import { encodeArray } from './encode.ts';
import { E2M1 } from './formats.ts';
import { encodeWords } from './encode-words.ts';
import { scaleLayout } from './granularity.ts';

/** Ties to even by integer rounding of each binade; no table and no threshold. */
function nearestEvenCode(x: number): number {
  const magnitude = Math.abs(x);
  // Steps of 1/2 below 2, of 1 below 4, of 2 above; adding 2^52 rounds a float64 to an integer, ties to even.
  let code: number;
  if (magnitude < 2) code = magnitude * 2 + 2 ** 52 - 2 ** 52;
  else if (magnitude < 4) code = 2 + (magnitude + 2 ** 52 - 2 ** 52);
  else code = magnitude >= 2 ** 20 ? 7 : Math.min(4 + (magnitude / 2 + 2 ** 52 - 2 ** 52), 7);
  return code;
}

it('encodes all 2^32 - 2^24 finite float32 patterns as nearest even does', () => {
  const chunk = 2 ** 20;
  const bits = new Uint32Array(chunk);
  const x = new Float32Array(bits.buffer);
  const scales = new Float32Array([1]);
  const layout = scaleLayout(1, chunk, 'tensor');
  let checked = 0;
  const wrong: string[] = [];
  for (let first = 0; first < 2 ** 32; first += chunk) {
    // Exponent 255: infinity and NaN.
    if (((first >>> 23) & 255) === 255) continue;
    for (let i = 0; i < chunk; i++) bits[i] = first + i;
    const words = encodeWords(x, 1, chunk, layout, scales);
    const sign = first >= 2 ** 31 ? 8 : 0;
    for (let i = 0; i < chunk; i++) {
      const code = (words[i >>> 3]! >>> (4 * (i & 7))) & 15;
      if (code !== sign + nearestEvenCode(x[i]!)) wrong.push(`${x[i]} gives ${code}`);
    }
    checked += chunk;
    expect(wrong.slice(0, 10)).toEqual([]);
  }
  expect(checked).toBe(2 ** 32 - 2 ** 24);
});

it('encodes all 2^24 float32 patterns that are not finite as ml_dtypes and CUDA do', () => {
  const chunk = 2 ** 20;
  const bits = new Uint32Array(chunk);
  const x = new Float32Array(bits.buffer);
  for (let part = 0; part < 16; part++) {
    const sign = part >>> 3;
    const first = sign * 2 ** 31 + 0x7f800000 + (part & 7) * chunk;
    for (let i = 0; i < chunk; i++) bits[i] = first + i;
    for (const [nonFinite, nan] of [
      ['mlDtypes', 8 - 8 * sign],
      ['cuda', 7],
    ] as const) {
      const codes = encodeArray(E2M1, x, { nonFinite });
      // The first pattern of each sign is an infinity, which becomes the largest magnitude.
      const isFirst = (part & 7) === 0;
      const wrong = codes.findIndex((code, i) => code !== (isFirst && i === 0 ? 7 + 8 * sign : nan));
      expect(wrong).toBe(-1);
    }
  }
});

// The thresholds of scale 1/3 lie between 0.083 and 1.67.
it('encodes every float32 from 2^-5 to 4 as the float64 definition does, under the scale 1/3', () => {
  const chunk = 2 ** 20;
  const bits = new Uint32Array(chunk);
  const x = new Float32Array(bits.buffer);
  const scale = Math.fround(1 / 3);
  const layout = scaleLayout(1, chunk, 'tensor');
  let checked = 0;
  const wrong: string[] = [];
  for (let first = 0x3d000000; first < 0x40800000; first += chunk) {
    for (let i = 0; i < chunk; i++) bits[i] = first + i;
    const words = encodeWords(x, 1, chunk, layout, new Float32Array([scale]));
    for (let i = 0; i < chunk; i++) {
      const code = (words[i >>> 3]! >>> (4 * (i & 7))) & 15;
      if (code !== encodeE2m1(x[i]!, scale)) wrong.push(`${x[i]} gives ${code}`);
    }
    checked += chunk;
    expect(wrong.slice(0, 10)).toEqual([]);
  }
  expect(checked).toBe(7 * 2 ** 23);
});
