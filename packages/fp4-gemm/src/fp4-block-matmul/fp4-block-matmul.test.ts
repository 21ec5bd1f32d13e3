import type { ScaleKind } from '@nibble-ml/fp4-format';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doubledValues } from '../doubled-values.ts';
import { fp4MatMul } from '../fp4-matmul/fp4-matmul.ts';
import { matMulReference } from '../fp4-matmul/reference.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { quantizeReference } from '../fp4-quantize/reference.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import type { Fp4BlockScaled, Fp4Tensor } from '../fp4-tensor.ts';
import { blockMatMulReference } from './reference.ts';
import type { BlockScaledArray } from './reference.ts';

const MKN = [
  [0, 16, 4],
  [3, 0, 4],
  [3, 16, 0],
  [1, 1, 1],
  [1, 9, 8],
  [7, 16, 9],
  [13, 31, 17],
  [5, 40, 37],
  [17, 129, 11],
  [33, 64, 65],
  [3, 1031, 5],
  [20, 2100, 19],
  [300, 24, 70],
] as const;
const KINDS: readonly ScaleKind[] = ['exact', 'e8m0Floor', 'e4m3'];
type Scaling = 'vector' | 'tensor' | ScaleKind;

const FORCED = {
  cpu: [{}],
  wasm: [{ NIBBLE_WASM_SIMD: 'simd128' }, { NIBBLE_WASM_SIMD: 'relaxed' }],
  webgpu: [{ NIBBLE_WEBGPU_VARIANT: 'dot4I8Packed' }, { NIBBLE_WEBGPU_VARIANT: 'unpacked' }],
} as const;
const variants = testBackends.flatMap((backend) =>
  FORCED[backend].map((environment) => ({ backend, environment, name: Object.values(environment).join('') })),
);

/** Values whose columns of eight differ in magnitude, so that blocks have scales of their own. */
function valuesOf(rows: number, cols: number, seed: number): Float32Array {
  const random = seededRandom(seed);
  const factors = Array.from({ length: Math.ceil(cols / 8) }, () => 2 ** (random() * 6 - 3));
  return normalFloats(rows * cols, seed + 1).map((value, i) => value * factors[(i % cols) >> 3]!);
}

function optionsOf(scaling: Scaling, block: number) {
  return scaling === 'vector' || scaling === 'tensor'
    ? ({ granularity: scaling, scale: 'exact' } as const)
    : ({ granularity: { block }, scale: scaling } as const);
}

function arrayOf(
  x: Float32Array,
  rows: number,
  cols: number,
  scaling: Scaling,
  block: number,
): BlockScaledArray {
  const { granularity, scale } = optionsOf(scaling, block);
  const { words, scales } = quantizeReference(x, rows, cols, granularity, { scale });
  const perBlock = typeof granularity === 'object';
  const rowScales = perBlock ? Math.ceil(cols / block) : granularity === 'vector' ? 1 : 0;
  return { words, rows, scales, rowScales, step: perBlock ? 1 : 0 };
}

async function multiply(x: Tensor2D, w: Tensor2D, xScaling: Scaling, wScaling: Scaling, block: number) {
  const [xMK, wNK] = [fp4Quantize(x, optionsOf(xScaling, block)), fp4Quantize(w, optionsOf(wScaling, block))];
  const y = fp4MatMul(xMK, wNK);
  expect(y.shape).toEqual([x.shape[0], w.shape[0]]);
  const values = (await readFloats(y)).slice();
  y.dispose();
  disposeFp4(xMK);
  disposeFp4(wNK);
  return values;
}

const PAIRS: readonly (readonly [Scaling, Scaling])[] = [
  ...KINDS.flatMap((x) => KINDS.map((w) => [x, w] as const)),
  ...KINDS.flatMap((kind) =>
    (['vector', 'tensor'] as const).flatMap((row) => [[kind, row] as const, [row, kind] as const]),
  ),
];

describe.each(variants)('fp4MatMul by blocks on $backend $name', ({ backend, environment }) => {
  beforeAll(async () => {
    Object.assign(process.env, environment);
    await useBackend(backend);
  });
  afterAll(() => {
    for (const name of Object.keys(environment)) delete process.env[name];
  });

  it.each([8, 16, 24, 32, 64, 128, 256, 4096])(
    'gives the bits of the reference at any size, block %s',
    async (block) => {
      for (const [i, [m, k, n]] of MKN.entries()) {
        await expectNoLeaks(async () => {
          const [x, w] = [valuesOf(m, k, m + k), valuesOf(n, k, n + k + 1)];
          const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
          // Another pair of scales at each size and block.
          const [gx, gw] = PAIRS[(i * 8 + block / 8) % PAIRS.length]!;
          const y = await multiply(xMK, wNK, gx, gw, block);
          const expected = blockMatMulReference(
            arrayOf(x, m, k, gx, block),
            arrayOf(w, n, k, gw, block),
            block,
          );
          expect(bitsOf(y), `[${m}, ${k}, ${n}] ${gx} ${gw}`).toEqual(bitsOf(expected));
          xMK.dispose();
          wNK.dispose();
        });
      }
    },
  );

  it.each(PAIRS)('gives the bits of the reference for scales %s of x and %s of w', async (gx, gw) => {
    const [m, k, n, block] = [9, 139, 13, 16];
    const [x, w] = [valuesOf(m, k, 3), valuesOf(n, k, 4)];
    const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
    const y = await multiply(xMK, wNK, gx, gw, block);
    const expected = blockMatMulReference(arrayOf(x, m, k, gx, block), arrayOf(w, n, k, gw, block), block);
    expect(bitsOf(y)).toEqual(bitsOf(expected));
    xMK.dispose();
    wNK.dispose();
  });

  it('is within (B + 1) 2^-24 of the sum of the magnitudes of the terms in float64', async () => {
    const [m, k, n, block] = [17, 1031, 19, 16];
    const [x, w] = [valuesOf(m, k, 5), valuesOf(n, k, 6)];
    const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
    const y = await multiply(xMK, wNK, 'exact', 'e4m3', block);
    const [xq, wq] = [arrayOf(x, m, k, 'exact', block), arrayOf(w, n, k, 'e4m3', block)];
    const stride = Math.ceil(k / 8) * 8;
    const [xv, wv] = [doubledValues(xq, stride), doubledValues(wq, stride)];
    const blocks = Math.ceil(k / block);
    const unit = ((blocks + 1) * 2 ** -24) / (1 - (blocks + 1) * 2 ** -24);
    let differs = 0;
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let [exact, magnitude] = [0, 0];
        for (let b = 0; b < blocks; b++) {
          let sum = 0;
          for (let c = b * block; c < Math.min((b + 1) * block, stride); c++)
            sum += xv[i * stride + c]! * wv[j * stride + c]!;
          const term = (sum / 4) * xq.scales[i * blocks + b]! * wq.scales[j * blocks + b]!;
          exact += term;
          magnitude += Math.abs(term);
        }
        const error = Math.abs(y[i * n + j]! - exact);
        expect(error).toBeLessThanOrEqual(unit * magnitude);
        if (error > 0) differs++;
      }
    }
    expect(differs).toBeGreaterThan(0);
    xMK.dispose();
    wNK.dispose();
  });

  it('is fp4MatMul by vectors where one block holds a row', async () => {
    const [m, k, n] = [5, 100, 7];
    const [x, w] = [valuesOf(m, k, 7), valuesOf(n, k, 8)];
    const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
    const y = await multiply(xMK, wNK, 'exact', 'exact', 104);
    const rows = (values: Float32Array, count: number) => ({
      ...quantizeReference(values, count, k, 'vector'),
      rows: count,
    });
    expect(bitsOf(y)).toEqual(bitsOf(matMulReference(rows(x, m), rows(w, n))));
    xMK.dispose();
    wNK.dispose();
  });

  it.each(KINDS)('gives NaN where the scale of a block is NaN, and nowhere else: %s', async (kind) => {
    const [m, k, n] = [9, 48, 10];
    const [x, w] = [normalFloats(m * k, 1), normalFloats(n * k, 2)];
    x[3 * k + 47] = NaN;
    w[8 * k] = Infinity;
    const [xMK, wNK] = [tensor2d(x, [m, k]), tensor2d(w, [n, k])];
    const y = await multiply(xMK, wNK, kind, kind, 16);
    const bad = [...y.keys()].filter((i) => Number.isNaN(y[i]!));
    const all = kind === 'e4m3';
    expect(bad).toEqual([...y.keys()].filter((i) => all || Math.floor(i / n) === 3 || i % n === 8));
    xMK.dispose();
    wNK.dispose();
  });
});

describe.each(testBackends)('fp4MatMul by blocks on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('says what does not fit', () => {
    const x = tensor2d(normalFloats(64, 1), [2, 32]);
    const [a, b, c] = [16, 32, 16].map((block) =>
      fp4Quantize(x, { granularity: { block }, scale: 'e8m0Floor' }),
    ) as [Fp4BlockScaled, Fp4BlockScaled, Fp4BlockScaled];
    expect(() => fp4MatMul(a, b)).toThrow(
      'fp4MatMul: blocks of x and blocks of w must agree, but got 16 and 32',
    );
    expect(() => fp4MatMul(a, { ...c, cols: 40 })).toThrow('fp4MatMul: w.codes must have shape [2, 5]');
    const scales = tensor1d([1, 2, 3]);
    expect(() => fp4MatMul(a, { ...c, scales })).toThrow('fp4MatMul: w.scales must have 2 values, but got 3');
    expect(() => fp4MatMul(a, { ...c, granularity: { block: 10 } })).toThrow('multiple of 8 columns');
    expect(() => fp4MatMul(a, { ...c, tensorScale: scales })).toThrow(
      'fp4MatMul: w.tensorScale must be given with the scale format e4m3 and only then, but got one with e8m0',
    );
    const e4m3: Fp4Tensor = { ...c, scaleFormat: 'e4m3' };
    expect(() => fp4MatMul(a, e4m3)).toThrow('but got none with e4m3');
    for (const q of [a, b, c]) disposeFp4(q);
    for (const t of [x, scales] as Tensor[]) t.dispose();
  });
});
