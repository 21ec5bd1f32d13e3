import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import {
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  seededRandom,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { fp4MatMulDw } from '../fp4-matmul-dw/fp4-matmul-dw.ts';
import { fp4MatMulDx } from '../fp4-matmul-dx/fp4-matmul-dx.ts';
import { fp4Quantize } from '../fp4-quantize/fp4-quantize.ts';
import { disposeFp4 } from '../fp4-tensor.ts';
import type { Fp4Tensor } from '../fp4-tensor.ts';
import type { GradientFormat } from '../gradient/options.ts';
import { GRADIENT_FORMATS } from '../gradient/options.ts';
import { gradientProductReference } from '../gradient/reference.ts';
import { canonicalBits, randomCodes, randomScales } from '../gradient/trial.ts';
import { fp4MatMulBackward } from './fp4-matmul-backward.ts';

/** [M, N, K]: empty, one, odd, around words, blocks of NVFP4, what a thread and a workgroup take. */
const SHAPES = [
  [0, 3, 4],
  [3, 0, 4],
  [3, 4, 0],
  [1, 1, 1],
  [5, 3, 9],
  [9, 65, 17],
  [17, 130, 8],
  [66, 257, 11],
  [131, 64, 24],
] as const;

const SEEDS = { seedDx: 2 ** 32 - 7, seedDw: 11 };

interface Operands {
  readonly dy: Float32Array;
  readonly w: { words: Int32Array; scales: Float32Array; rows: number };
  readonly x: { words: Int32Array; scales: Float32Array; rows: number };
}

function operandsOf([m, n, k]: readonly [number, number, number], isVector: boolean): Operands {
  const random = seededRandom(m + 7 * n + k);
  const fp4 = (rows: number) => ({
    words: randomCodes(rows, k, random),
    scales: randomScales(isVector ? rows : 1, random),
    rows,
  });
  return { dy: normalFloats(m * n, m + n, 1e-3), w: fp4(n), x: fp4(m) };
}

function upload({ words, scales, rows }: Operands['w'], cols: number): Fp4Tensor {
  return {
    rows,
    cols,
    codes: tensor2d(words, [rows, Math.ceil(cols / 8)], 'int32'),
    scales: tensor1d(scales),
    granularity: scales.length === rows ? 'vector' : 'tensor',
  } as Fp4Tensor;
}

async function expectBits(
  [m, n, cols]: readonly [number, number, number],
  { dy, w, x }: Operands,
  gradient: GradientFormat,
): Promise<void> {
  await expectNoLeaks(async () => {
    const dyMN = tensor2d(dy, [m, n]);
    const [wNK, xMK] = [upload(w, cols), upload(x, cols)];
    const { dx, dw } = fp4MatMulBackward(dyMN, wNK, xMK, { gradient, ...SEEDS });
    expect([dx.shape, dw.shape]).toEqual([
      [m, cols],
      [n, cols],
    ]);
    const attrs = { cols, gradient };
    const [dxExpected, dwExpected] = [
      gradientProductReference(dy, m, n, w, 'dx', { ...attrs, seed: SEEDS.seedDx }),
      gradientProductReference(dy, m, n, x, 'dw', { ...attrs, seed: SEEDS.seedDw }),
    ];
    const label = `[${m}, ${n}] ${cols}`;
    expect(canonicalBits(await readFloats(dx)), `dx ${label}`).toEqual(canonicalBits(dxExpected));
    expect(canonicalBits(await readFloats(dw)), `dw ${label}`).toEqual(canonicalBits(dwExpected));
    for (const tensor of [dyMN, dx, dw]) tensor.dispose();
    for (const operand of [wNK, xMK]) disposeFp4(operand);
  });
}

describe.each(testBackends)('fp4MatMulBackward on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(GRADIENT_FORMATS)('gradient %s: both products have the bits of the reference', async (gradient) => {
    for (const shape of SHAPES) {
      for (const isVector of [true, false]) await expectBits(shape, operandsOf(shape, isVector), gradient);
    }
  });

  it.each(GRADIENT_FORMATS)('gradient %s: decides special values as the reference does', async (gradient) => {
    const shape = [37, 41, 11] as const;
    const [m, n] = shape;
    const operands = operandsOf(shape, true);
    const { dy, w, x } = operands;
    for (const scales of [w.scales, x.scales]) scales.fill(1);
    for (let i = 0; i < n; i++) {
      dy[2 * n + i]! *= 2 ** -100;
      dy[3 * n + i] = 0;
    }
    for (let i = 0; i < m; i++) dy[i * n + 5]! *= 2 ** (i - 60);
    await expectBits(shape, operands, gradient);
    for (const special of [NaN, Infinity, 0, 2 ** 126]) {
      const one = dy.slice();
      one[m * n - 1] = special;
      await expectBits(shape, { ...operands, dy: one }, gradient);
      const scales = w.scales.slice();
      scales[4] = special;
      await expectBits(shape, { ...operands, w: { ...w, scales } }, gradient);
    }
    await expectBits(shape, { ...operands, dy: new Float32Array(m * n) }, gradient);
  });

  it('takes operands that are scaled by blocks', async () => {
    await expectNoLeaks(async () => {
      const block = { granularity: { block: 16 } } as const;
      const [dyMN, w, x] = [
        tensor2d(normalFloats(15, 1), [3, 5]),
        tensor2d(normalFloats(160, 2), [5, 32]),
        tensor2d(normalFloats(96, 3), [3, 32]),
      ];
      for (const [wNK, xMK] of [
        [fp4Quantize(w, block), fp4Quantize(x)],
        [fp4Quantize(w), fp4Quantize(x, block)],
      ] as const) {
        const both = fp4MatMulBackward(dyMN, wNK, xMK);
        const expected = { dx: fp4MatMulDx(dyMN, wNK), dw: fp4MatMulDw(dyMN, xMK) };
        for (const name of ['dx', 'dw'] as const) {
          expect(await readFloats(both[name])).toEqual(await readFloats(expected[name]));
          both[name].dispose();
          expected[name].dispose();
        }
        expect(() => fp4MatMulBackward(dyMN, wNK, xMK, { gradient: 'e5m2' })).toThrow(
          "fp4MatMulBackward: gradient must be 'f32' with an operand that is scaled by blocks, but got 'e5m2'",
        );
        for (const operand of [wNK, xMK]) disposeFp4(operand);
      }
      for (const tensor of [dyMN, w, x]) tensor.dispose();
    });
  });
});

describe.skipIf(!testBackends.includes('webgpu'))('fp4MatMulBackward on webgpu', () => {
  beforeAll(() => useBackend('webgpu'));

  it.each([
    ['f32', 1],
    ['e5m2', 2],
    ['int8', 2],
    ['nvfp4', 2],
  ] as const)('gradient %s: prepares dY in %i dispatches for both products', (gradient, preparing) => {
    const { device } = gpuSession()!;
    const { dy, w, x } = operandsOf([8, 16, 24], true);
    const dyMN = tensor2d(dy, [8, 16]);
    const [wNK, xMK] = [upload(w, 24), upload(x, 24)];
    const dispatchesOf = (run: () => Record<string, Tensor2D>): number => {
      const before = dispatchCount(device);
      for (const tensor of Object.values(run())) tensor.dispose();
      return dispatchCount(device) - before;
    };
    const both = (): Record<string, Tensor2D> => fp4MatMulBackward(dyMN, wNK, xMK, { gradient, ...SEEDS });
    expect(dispatchesOf(both)).toBe(preparing + 2);
    const dx = (): Record<string, Tensor2D> => ({ dx: fp4MatMulDx(dyMN, wNK, { gradient, seed: 1 }) });
    expect(dispatchesOf(dx)).toBe(preparing + 1);
    dyMN.dispose();
    for (const operand of [wNK, xMK]) disposeFp4(operand);
  });
});

describe('fp4MatMulBackward', () => {
  beforeAll(() => useBackend('cpu'));

  it('says what is wrong with its arguments', async () => {
    await expectNoLeaks(async () => {
      const dyMN = tensor2d(normalFloats(6, 1), [2, 3]);
      const operands = ([rows, cols]: readonly [number, number]): Fp4Tensor => {
        const values = tensor2d(normalFloats(rows * cols, 2), [rows, cols]);
        const packed = fp4Quantize(values);
        values.dispose();
        return packed;
      };
      const [w, x, long, wide] = [operands([3, 4]), operands([2, 4]), operands([4, 4]), operands([2, 5])];
      const ints = tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      expect(() => fp4MatMulBackward(ints, w, x)).toThrow('fp4MatMulBackward: dy must be float32');
      expect(() => fp4MatMulBackward(dyMN, long, x)).toThrow(
        'fp4MatMulBackward: columns of dy and rows of w must agree, but got 3 and 4',
      );
      expect(() => fp4MatMulBackward(dyMN, w, long)).toThrow(
        'fp4MatMulBackward: rows of dy and rows of x must agree, but got 2 and 4',
      );
      expect(() => fp4MatMulBackward(dyMN, w, wide)).toThrow(
        'fp4MatMulBackward: columns of w and columns of x must agree, but got 4 and 5',
      );
      expect(() => fp4MatMulBackward(dyMN, w, x, { gradient: 'int8', seedDw: 1 })).toThrow(
        "fp4MatMulBackward: seedDx must be given for gradient 'int8'",
      );
      expect(() => fp4MatMulBackward(dyMN, w, x, { gradient: 'int8', seedDx: 1, seedDw: -1 })).toThrow(
        'fp4MatMulBackward: seedDw must be an integer from 0 to 4294967295, but got -1',
      );
      for (const tensor of [dyMN, ints]) tensor.dispose();
      for (const operand of [w, x, long, wide]) disposeFp4(operand);
    });
  });
});
