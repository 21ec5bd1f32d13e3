import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { ELEMENT_FORMATS } from './element-formats.ts';
import { fakeQuantize as fakeQuantizeArray, randomBits } from '@nibble-ml/fp4-format';
import type { Granularity, ScaleKind } from '@nibble-ml/fp4-format';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fakeQuantize } from './fake-quantize.ts';
import type { FakeQuantFormat, FakeQuantizeOptions } from './options.ts';

/** Runs the op on an array, with the clip factors as an array. */
async function run(
  x: Float32Array,
  shape: [number, number],
  { clip, ...options }: Omit<FakeQuantizeOptions, 'clip'> & { clip?: Float32Array },
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const input = tensor2d(x, shape);
    const factors = clip === undefined ? undefined : tensor1d(clip);
    const y = fakeQuantize(input, factors === undefined ? options : { ...options, clip: factors });
    const values = (await readFloats(y)).slice();
    for (const tensor of [input, y, factors]) tensor?.dispose();
    return values;
  });
}

const SCALED = ['e2m1', 'e1m2', 'e3m0', 'int4', 'int8', 'e4m3', 'e5m2'] as const;
const KINDS: ScaleKind[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3'];

/** Both axes of every granularity, with what it is on the matrix as stored. */
function granularities(rows: number): [Granularity, 0 | 1, Granularity][] {
  return [
    ['tensor', 1, 'tensor'],
    ['vector', 1, 'vector'],
    ['vector', 0, { block: [rows, 1] }],
    [{ block: 16 }, 1, { block: 16 }],
    [{ block: 5 }, 1, { block: 5 }],
    [{ block: 16 }, 0, { block: [16, 1] }],
    [{ block: 3 }, 0, { block: [3, 1] }],
    [{ block: [4, 8] }, 1, { block: [4, 8] }],
    [{ block: [3, 5] }, 0, { block: [3, 5] }],
    [{ block: [2, 1] }, 1, { block: [2, 1] }],
  ];
}

describe.each(testBackends)('fakeQuantize on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  describe.each<[number, number]>([
    [37, 53],
    [16, 64],
  ])('has the bits of fp4-format for [%i, %i]', (rows, cols) => {
    // Heavy tails, so that blocks differ in scale.
    const x = normalFloats(rows * cols, 7).map((value, i) => value ** 3 * 2 ** ((i % 7) - 3));
    it.each(SCALED.flatMap((format) => KINDS.map((scale) => [format, scale] as const)))(
      '%s with %s scales',
      async (format, scale) => {
        for (const [granularity, axis, stored] of granularities(rows)) {
          for (const rounding of ['nearestEven', 'stochastic'] as const) {
            const y = await run(x, [rows, cols], { format, granularity, axis, scale, rounding, seed: 11 });
            const expected = fakeQuantizeArray(x, rows, cols, {
              format: ELEMENT_FORMATS[format],
              granularity: stored,
              scale,
              rounding,
              randomBits: randomBits(x.length, 11),
            });
            expect(bitsOf(y), `${JSON.stringify(granularity)} axis ${axis} ${rounding}`).toEqual(
              bitsOf(expected),
            );
          }
        }
      },
    );
  });
});
