import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import type { TestBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import { availableVariants } from '../webgpu-variants/webgpu-variant.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import { MAX_EXACT_K } from '../exact-sum.ts';
import { fp4MatMul } from './fp4-matmul.ts';
import { matMulReference } from './reference.ts';
import type { Fp4Array } from '../fp4-array.ts';

const MKN = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [1, 7, 1],
  [2, 8, 3],
  [1, 9, 8],
  [7, 16, 9],
  [13, 31, 17],
  [5, 40, 37],
  [17, 129, 11],
  [64, 64, 64],
  [3, 1031, 5],
  [20, 2100, 19],
  [300, 24, 70],
] as const;

const GRANULARITIES = [
  ['vector', 'vector'],
  ['tensor', 'vector'],
  ['vector', 'tensor'],
  ['tensor', 'tensor'],
] as const;

function randomFp4(rows: number, cols: number, granularity: 'vector' | 'tensor', seed: number): Fp4Array {
  const random = seededRandom(seed);
  const stride = Math.ceil(cols / 8);
  const words = Int32Array.from({ length: rows * stride }, () => random() * 2 ** 32);
  if (cols % 8 !== 0) {
    for (let last = stride - 1; last < words.length; last += stride)
      words[last]! &= 2 ** (4 * (cols % 8)) - 1;
  }
  const count = granularity === 'vector' ? rows : 1;
  return {
    words,
    rows,
    scales: Float32Array.from({ length: count }, () => (0.5 + random()) * 2 ** (random() * 60 - 30)),
  };
}

function upload(
  { words, scales, rows }: Fp4Array,
  cols: number,
  granularity: 'vector' | 'tensor',
): Fp4Tensor {
  const codes = tensor2d(words, [rows, Math.ceil(cols / 8)], 'int32');
  return { rows, cols, codes, scales: tensor1d(scales), granularity };
}

/** One row that repeats a word. */
function rowOf(cols: number, word: number): Fp4Array {
  const words = new Int32Array(Math.ceil(cols / 8)).fill(word);
  words[words.length - 1]! &= cols % 8 === 0 ? -1 : 2 ** (4 * (cols % 8)) - 1;
  return { words, rows: 1, scales: Float32Array.of(1) };
}

async function matMul(x: Fp4Array, w: Fp4Array, k: number, gx: 'vector' | 'tensor', gw: 'vector' | 'tensor') {
  return expectNoLeaks(async () => {
    const xMK = upload(x, k, gx);
    const wNK = upload(w, k, gw);
    const y = fp4MatMul(xMK, wNK);
    expect(y.shape).toEqual([x.rows, w.rows]);
    const values = (await readFloats(y)).slice();
    y.dispose();
    disposeFp4(xMK);
    disposeFp4(wNK);
    return values;
  });
}

/** An environment for each variant that the device of this test has. */
async function webGpuEnvironments(): Promise<Record<string, string>[]> {
  if (!testBackends.includes('webgpu')) return [];
  await useBackend('webgpu');
  return availableVariants(gpuSession()!.device, 'forward').map((variant) => ({
    NIBBLE_WEBGPU_VARIANT: variant,
  }));
}

const FORCED: Record<TestBackend, Record<string, string>[]> = {
  cpu: [{}],
  wasm: [{ NIBBLE_WASM_SIMD: 'simd128' }, { NIBBLE_WASM_SIMD: 'relaxed' }],
  webgpu: await webGpuEnvironments(),
};
const variants = testBackends.flatMap((backend) =>
  FORCED[backend].map((environment) => ({ backend, environment, name: Object.values(environment).join('') })),
);

describe.each(variants)('fp4MatMul on $backend $name', ({ backend, environment }) => {
  beforeAll(async () => {
    Object.assign(process.env, environment);
    await useBackend(backend);
  });
  afterAll(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  it('gives the bits of the reference at any size and granularity', async () => {
    for (const [m, k, n] of MKN) {
      // What a scale is for does not depend on how codes are multiplied: two cases tell rows from columns.
      for (const [gx, gw] of backend === 'webgpu' ? GRANULARITIES.slice(1, 3) : GRANULARITIES) {
        const x = randomFp4(m, k, gx, m + k);
        const w = randomFp4(n, k, gw, n + k + 1);
        const y = await matMul(x, w, k, gx, gw);
        expect(bitsOf(y), `[${m}, ${k}, ${n}] ${gx} ${gw}`).toEqual(bitsOf(matMulReference(x, w)));
      }
    }
  });

  it('multiplies every pair of codes', async () => {
    // Row c of x is code c; row c of w is code c at another place of the word each.
    const values = [0, 0.5, 1, 1.5, 2, 3, 4, 6, 0, -0.5, -1, -1.5, -2, -3, -4, -6];
    for (let place = 0; place < 8; place++) {
      const words = Int32Array.from(values, (_, code) => code << (4 * place));
      const one: Fp4Array = { words, rows: 16, scales: Float32Array.of(1) };
      const y = await matMul(one, one, 8, 'tensor', 'tensor');
      expect([...y].map((v) => v + 0)).toEqual(values.flatMap((a) => values.map((b) => a * b + 0)));
    }
  });

  it('is exact at the largest K, and refuses a larger one', async () => {
    const [x, w] = [rowOf(MAX_EXACT_K, 0x77777777), rowOf(MAX_EXACT_K, 0xffffffff)];
    expect([...(await matMul(x, w, MAX_EXACT_K, 'vector', 'vector'))]).toEqual([-36 * MAX_EXACT_K]);
    const tooLong = upload(rowOf(MAX_EXACT_K + 1, 1), MAX_EXACT_K + 1, 'vector');
    expect(() => fp4MatMul(tooLong, tooLong)).toThrow(
      'fp4MatMul: K must be at most 116508 for an exact sum, but got 116509; split K and add the products',
    );
    disposeFp4(tooLong);
  });

  it('is exact for sums of the largest products of either sign, at every place of a tile', async () => {
    const [rows, words] = [13, 300];
    const signs = [0x7777_7777, 0xffff_ffff, 0xf7f7_f7f7, 0x77ff_77ff];
    const x: Fp4Array = {
      rows,
      words: Int32Array.from({ length: rows * words }, (_, i) => signs[Math.floor(i / words) % 4]!),
      scales: Float32Array.of(1),
    };
    const w: Fp4Array = { ...x, words: x.words.map((_, i) => signs[Math.floor(i / words / 4) % 4]!) };
    const y = await matMul(x, w, words * 8, 'tensor', 'tensor');
    expect(bitsOf(y)).toEqual(bitsOf(matMulReference(x, w)));
  });

  it('gives NaN where a scale is NaN, and nowhere else', async () => {
    const x = randomFp4(5, 24, 'vector', 1);
    const w = randomFp4(9, 24, 'vector', 2);
    x.scales[3] = NaN;
    w.scales[8] = NaN;
    const y = await matMul(x, w, 24, 'vector', 'vector');
    const bad = [...y.keys()].filter((i) => Number.isNaN(y[i]!));
    expect(bad).toEqual([...y.keys()].filter((i) => Math.floor(i / 9) === 3 || i % 9 === 8));
  });

  it('says when K differs', () => {
    const x = upload(randomFp4(1, 8, 'vector', 1), 8, 'vector');
    const w = upload(randomFp4(1, 16, 'vector', 1), 16, 'vector');
    expect(() => fp4MatMul(x, w)).toThrow(
      'fp4MatMul: columns of x and columns of w must agree, but got 8 and 16',
    );
    disposeFp4(x);
    disposeFp4(w);
  });
});

describe.each(variants.filter(({ backend }) => backend === 'webgpu'))(
  'fp4MatMul on $backend $name',
  ({ backend, environment }) => {
    beforeAll(async () => {
      Object.assign(process.env, environment);
      await useBackend(backend);
    });
    afterAll(() => {
      for (const name of Object.keys(environment)) delete process.env[name];
    });

    it('decides NaN on the bits of the scales, not by arithmetic', async () => {
      const x = randomFp4(2, 8, 'vector', 1);
      const w = randomFp4(2, 8, 'vector', 2);
      // Arithmetic would hand the payload on, or assume that there is no NaN at all.
      new Uint32Array(x.scales.buffer)[0] = 0x7fc12345;
      new Uint32Array(w.scales.buffer)[1] = 0x7fc54321;
      const bits = bitsOf(await matMul(x, w, 8, 'vector', 'vector'));
      expect([bits[0], bits[1], bits[3]]).toEqual([0x7fc00000, 0x7fc00000, 0x7fc00000]);
    });
  },
);
