import {
  expectNoLeaks,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstBoundViolation } from './error-bound.ts';
import { GRADIENT_FORMATS } from './options.ts';
import { canonicalBits, expectedBits, randomCodes, randomScales, runTrial, summedLength } from './trial.ts';
import type { Trial } from './trial.ts';

/** Empty, one, odd, around words, tiles and NVFP4 blocks, beyond the blocks of rows and of steps in wasm. */
const ROWS_STEPS_COLS = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 1],
  [2, 8, 3],
  [6, 9, 8],
  [7, 16, 9],
  [13, 31, 17],
  [5, 40, 37],
  [17, 129, 11],
  [64, 64, 64],
  [3, 23, 331],
  [331, 23, 3],
  [90, 2060, 20],
  [11, 4200, 33],
] as const;

const ENVIRONMENTS: Record<TestBackend, Record<string, string>[]> = {
  cpu: [{}],
  wasm: [{ NIBBLE_WASM_SIMD: 'simd128' }, { NIBBLE_WASM_SIMD: 'relaxed' }],
  // Its variants: `webgpu.test.ts`.
  webgpu: [{}],
};
const variants = testBackends.flatMap((backend) =>
  ENVIRONMENTS[backend].map((environment) => ({
    backend,
    environment,
    name: Object.values(environment).join(''),
  })),
);
const products = (['dx', 'dw'] as const).flatMap((product) =>
  GRADIENT_FORMATS.map((gradient) => ({ product, gradient })),
);

async function expectBits(trial: Trial): Promise<void> {
  const actual = await expectNoLeaks(async () => {
    const out = runTrial(trial);
    expect(out.shape).toEqual([trial.product === 'dx' ? trial.m : trial.n, trial.cols]);
    const values = (await readFloats(out)).slice();
    out.dispose();
    return values;
  });
  expect(canonicalBits(actual), `[${trial.m}, ${trial.n}] ${trial.cols}`).toEqual(expectedBits(trial));
}

/** A product of random operands, where `rows` are rows of the result. */
function randomTrial(
  { product, gradient }: Pick<Trial, 'product' | 'gradient'>,
  [rows, steps, cols]: readonly [number, number, number],
  isVector: boolean,
): Trial {
  const [m, n] = product === 'dx' ? [rows, steps] : [steps, rows];
  const random = seededRandom(rows + 7 * steps + cols);
  return {
    product,
    gradient,
    seed: 2 ** 32 - 5,
    m,
    n,
    cols,
    dy: normalFloats(m * n, m + n, 1e-3),
    words: randomCodes(steps, cols, random),
    scales: randomScales(isVector ? steps : 1, random),
  };
}

describe.each(variants)('gradient products on $backend $name', ({ backend, environment }) => {
  beforeAll(async () => {
    Object.assign(process.env, environment);
    await useBackend(backend);
  });
  afterAll(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  it.each(products)(
    '$product, gradient $gradient, has the bits of the reference at any size',
    async (kind) => {
      for (const size of ROWS_STEPS_COLS) {
        for (const isVector of [true, false]) await expectBits(randomTrial(kind, size, isVector));
      }
    },
  );

  it.each(products)(
    '$product, gradient $gradient, decides special values as the reference does',
    async (kind) => {
      const { product } = kind;
      const [rows, steps] = [9, 37];
      const [m, n] = product === 'dx' ? [rows, steps] : [steps, rows];
      const at = (r: number, k: number): number => (product === 'dx' ? r * n + k : k * n + r);
      const dy = normalFloats(m * n, 5);
      for (let k = 0; k < steps; k++) {
        // All zeros of both signs; below and just above the least amax; digits 127 127 127 and -128 -128 with all signs;
        // the largest float32; a wide range of exponents.
        dy[at(0, k)] = k % 2 === 0 ? 0 : -0;
        dy[at(1, k)] = (k % 3) * 2 ** -102;
        dy[at(2, k)] = k === 5 ? -(2 ** -100) : 2 ** -103;
        dy[at(3, k)] = [127 * 65536 - 0.5, 0x7e7f7f, -0x7e7f7f, 0x8080, -0x8080, 0.5 - 127 * 65536, 0x7e7f80][
          k % 7
        ]!;
        dy[at(4, k)] = k === 7 ? 2 ** 127 * (2 - 2 ** -23) : 2 ** 120 * (k - 10);
        dy[at(5, k)] = 2 ** (k - 20) * (k % 2 === 0 ? 1 : -1);
      }
      dy[at(6, 3)] = 2 ** -149;
      const random = seededRandom(3);
      const trial: Trial = {
        ...kind,
        seed: 99,
        m,
        n,
        cols: 11,
        dy,
        words: randomCodes(steps, 11, random),
        scales: new Float32Array(steps).fill(1),
      };
      await expectBits(trial);
      // Without the large ones, of which formats with a scale for the tensor would see nothing else.
      const small = dy.map((value) => (Math.abs(value) > 2 ** 30 ? 1 : value));
      await expectBits({ ...trial, dy: small });
      await expectBits({ ...trial, dy: small.map((value) => value * 2 ** -97) });
      await expectBits({ ...trial, dy: new Float32Array(m * n) });
      for (const special of [NaN, Infinity, -Infinity]) {
        const bad = small.slice();
        bad[at(8, 36)] = special;
        await expectBits({ ...trial, dy: bad });
      }
      for (const special of [NaN, 0, 2 ** 126, 2 ** -102]) {
        const scales = trial.scales.slice();
        scales[4] = special;
        await expectBits({ ...trial, dy: small, scales });
      }
    },
  );

  it.each(['dx', 'dw'] as const)(
    '%s rounds to E5M2 above and below its smallest normal number',
    async (product) => {
      const [m, n, cols] = [9, 12, 8];
      const random = seededRandom(6);
      // With 1 as the largest magnitude it is 2^-29.
      for (const smallest of [1, 1.1, 1 - 2 ** -24, 0.3].map((factor) => factor * 2 ** -29)) {
        const dy = normalFloats(m * n, 4).map((value, i) =>
          i % 5 === 0 ? -0 : Math.sign(value) * Math.min(1, smallest * 2 ** (i % 32) * (1 + (i % 7) / 7)),
        );
        dy[7] = -smallest;
        const steps = product === 'dx' ? n : m;
        const words = randomCodes(steps, cols, random);
        const scales = randomScales(steps, random);
        await expectBits({ product, gradient: 'e5m2', seed: 0, m, n, cols, dy, words, scales });
      }
    },
  );

  it.each(['dx', 'dw'] as const)(
    '%s is exact at the longest sum, and refuses a longer one',
    async (product) => {
      const steps = 116_508;
      const [m, n] = product === 'dx' ? [1, steps] : [steps, 1];
      // The largest integer, 127 · 65536, is the one that this rounds to.
      const dy = new Float32Array(steps).fill(127 * 65536 - 0.5);
      const trial: Trial = {
        product,
        gradient: 'f32',
        m,
        n,
        cols: 8,
        dy,
        words: new Int32Array(steps).fill(0x7777_7777),
        scales: Float32Array.of(1),
      };
      // Not a power of two times a short integer: the sum has to be rounded once.
      dy[0] = 127 * 65536 - 1;
      await expectBits(trial);
      const exact = 6 * (steps * 127 * 65536 - 1);
      const out = runTrial(trial);
      expect([...(await readFloats(out))]).toEqual(Array(8).fill(Math.fround(exact)));
      out.dispose();
      const longer: Trial = {
        ...trial,
        ...(product === 'dx' ? { n: steps + 1 } : { m: steps + 1 }),
        dy: new Float32Array(steps + 1),
        words: new Int32Array(steps + 1),
      };
      expect(() => runTrial(longer)).toThrow(
        product === 'dx'
          ? 'fp4MatMulDx: columns of dy must be at most 116508 for an exact sum, but got 116509; split dy and add the products'
          : 'fp4MatMulDw: rows of dy must be at most 116508 for an exact sum, but got 116509; split dy and add the products',
      );
    },
  );

  it.each(['dx', 'dw'] as const)('%s is within its error bound of the float64 product', async (product) => {
    for (const size of ROWS_STEPS_COLS.slice(3, 12)) {
      const trial = randomTrial({ product, gradient: 'f32' }, size, true);
      const out = runTrial(trial);
      expect(
        firstBoundViolation(await readFloats(out), trial),
        `steps ${summedLength(trial)}`,
      ).toBeUndefined();
      out.dispose();
    }
  });
});
