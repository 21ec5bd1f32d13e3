import { bitsOf, gpuSession, normalFloats, readFloats, testBackends, useBackend } from '@nibble-ml/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dgeIntervals } from '../intervals.ts';
import { EXP2_POLYNOMIAL, LOG2_POLYNOMIAL } from '../power/f32-power.ts';
import { applyDge } from './apply-dge.ts';
import { applyDgeF32, derivativeScalars } from './f32-order.ts';
import type { ApplyDgeAttrs } from './kernel-name.ts';

/** The float32 that is `steps` units of the last place further from zero. */
function nudged(x: number, steps: number): number {
  const float = Float32Array.of(x);
  new Int32Array(float.buffer)[0]! += steps;
  return float[0]!;
}

/** Edges, midpoints and where a clip of 3 begins to act, with k = 5, and their neighbours in float32. */
function criticalPoints(): number[] {
  const clipped = 15 ** (-5 / 4);
  const points = dgeIntervals().flatMap(({ left, right }) => {
    const middle = (left + right) / 2;
    const half = (right - left) / 2;
    return [left, middle, right, middle - half * clipped, middle + half * clipped];
  });
  return points
    .filter((x) => x !== 0)
    .flatMap((x) => Array.from({ length: 33 }, (_, i) => nudged(x, i - 16)));
}

const FAR = [6.5, 7, 100, 1e9, 1e30, 2 ** 100, nudged(2 ** 100, 1), 1e37, Infinity];
const TINY = [0, 1e-7, 1e-20, 1e-30, 2 ** -125];
const DENSE = Array.from({ length: 9_000 }, (_, i) => -7.5 + (15 * i) / 8_999);
const ARGUMENTS = Float32Array.from([
  ...criticalPoints(),
  ...DENSE,
  ...[...FAR, ...TINY].flatMap((x) => [x, -x]),
]);
// Zero, subnormal and infinite scales, quotients that overflow, and a sign that no scale should have.
const SCALES = Float32Array.of(1, 0.0123, 1 / 3, 1e-25, 1e30, 0, -0, 1e-40, 2 ** -126, Infinity, -0.7);

const rows = SCALES.length;
const cols = ARGUMENTS.length;
const weights = Float32Array.from({ length: rows * cols }, (_, i) => {
  const scale = SCALES[Math.floor(i / cols)]!;
  const x = ARGUMENTS[i % cols]!;
  const weight = Math.fround(scale > 1e-38 && scale < 1e30 ? x * scale : x);
  // Devices may flush subnormal weights, and infinity / infinity is NaN.
  if (scale === Infinity && Math.abs(weight) === Infinity) return 1;
  return Math.abs(weight) < 2 ** -126 ? 0 : weight;
});
const gradients = normalFloats(rows * cols, 7);
gradients.set([0, -0, 1e-20, -1e20], cols / 2);

/** The op on the current backend. */
async function run(attrs: ApplyDgeAttrs): Promise<Float32Array> {
  const tensors = [
    tensor2d(gradients.slice(), [rows, cols]),
    tensor2d(weights, [rows, cols]),
    tensor1d(SCALES),
  ] as const;
  applyDge(...tensors, attrs);
  const values = (await readFloats(tensors[0])).slice();
  for (const tensor of tensors) tensor.dispose();
  return values;
}

function defined(attrs: ApplyDgeAttrs): Float32Array {
  const dw = gradients.slice();
  applyDgeF32(dw, weights, SCALES, rows, cols, derivativeScalars(attrs));
  return dw;
}

/** What differs first, with its operands; undefined when all bits are the same. */
function firstDifference(actual: Float32Array, expected: Float32Array): object | undefined {
  const bits = bitsOf(expected);
  const at = bitsOf(actual).findIndex((value, i) => value !== bits[i]);
  if (at === -1) return undefined;
  const [w, scale] = [weights[at]!, SCALES[Math.floor(at / cols)]!];
  return { w, scale, dw: gradients[at], actual: actual[at], expected: expected[at] };
}

const cases = [1, 2, 3, 5, 10, 7.3].flatMap((k) =>
  [3, 0.15, 1e30].flatMap((clip) => (['edge', 'msAmp'] as const).map((outside) => ({ k, clip, outside }))),
);

describe.each(testBackends)('applyDge on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(cases)('has the bits of the definition for %o', async (attrs, { skip }) => {
    skip(
      backend === 'webgpu' && !gpuSession()!.software,
      'hardware may divide inexactly and fuse operations',
    );
    expect(firstDifference(await run(attrs), defined(attrs))).toBeUndefined();
  });
  it('would differ if a constant of the power were 1.6 % another', async () => {
    const attrs: ApplyDgeAttrs = { k: 5, clip: 1e30, outside: 'msAmp' };
    const result = await run(attrs);
    for (const constants of [LOG2_POLYNOMIAL, EXP2_POLYNOMIAL]) {
      const mutable = constants as number[];
      for (const [i, constant] of constants.entries()) {
        mutable[i] = Math.fround(constant * (1 + 2 ** -6));
        const changed = defined(attrs);
        mutable[i] = constant;
        expect(firstDifference(result, changed)).toBeDefined();
      }
    }
  });
});
