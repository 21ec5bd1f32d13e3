import {
  bitsOf,
  expectNoLeaks,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import type { ClampedOutliers } from '../clamp-outliers.ts';
import { compensateDw } from '../compensate-dw/compensate-dw.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { compensate } from './compensate.ts';

const SHAPES = [
  { m: 1, k: 10, n: 1, alpha: 0.9 },
  { m: 5, k: 37, n: 3, alpha: 0.95 },
  { m: 64, k: 128, n: 96, alpha: 0.99 },
  { m: 33, k: 344, n: 129, alpha: 0.97 },
  { m: 300, k: 50, n: 700, alpha: 0.97 },
  { m: 40, k: 4500, n: 5, alpha: 0.99 },
];

interface Operands {
  readonly residual: ClampedOutliers;
  readonly w: Float32Array;
  readonly y: Float32Array;
  readonly dy: Float32Array;
  readonly dw: Float32Array;
}

function operands({ m, k, n, alpha }: (typeof SHAPES)[number]): Operands {
  return {
    residual: clampOutliers(normalFloats(m * k, 1), m, k, alpha),
    w: normalFloats(k * n, 2),
    y: normalFloats(m * n, 3),
    dy: normalFloats(m * n, 4),
    dw: normalFloats(n * k, 5),
  };
}

function sparseRows(m: number, k: number, { width, indices, values }: ClampedOutliers): SparseRows {
  return {
    rows: m,
    cols: k,
    width,
    indices: tensor2d(indices, [m, width], 'int32'),
    values: tensor2d(values, [m, width]),
  };
}

/** Runs an in-place op on a copy of `target` and returns its new values. */
async function update(
  target: Float32Array,
  shape: [number, number],
  others: () => [SparseRows, Tensor2D],
  body: (target: Tensor2D, residual: SparseRows, other: Tensor2D) => void,
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const tensor = tensor2d(target.slice(), shape);
    const [residual, other] = others();
    body(tensor, residual, other);
    const values = (await readFloats(tensor)).slice();
    tensor.dispose();
    other.dispose();
    disposeSparseRows(residual);
    return values;
  });
}

/** Checks each sum against its own bound: two roundings a term (multiply, add), each at most 2^-24 of the whole. */
function expectWithinBound(
  actual: Float32Array,
  exact: Float64Array,
  magnitudes: Float64Array,
  terms: number,
): void {
  const outside = actual.findIndex(
    (value, i) => !(Math.abs(value - exact[i]!) <= 2 * (terms + 1) * 2 ** -24 * magnitudes[i]!),
  );
  expect(outside).toBe(-1);
}

/** The dense product in float64, straight from the definition, with the sum of magnitudes. */
function dense(
  target: Float32Array,
  residual: ClampedOutliers,
  { m, k, n }: (typeof SHAPES)[number],
  add: (row: number, col: number, value: number, put: (at: number, term: number) => void) => void,
): { exact: Float64Array; magnitudes: Float64Array; terms: number } {
  const exact = Float64Array.from(target);
  const magnitudes = exact.map(Math.abs);
  const counts = new Int32Array(Math.max(m, k));
  for (let slot = 0; slot < residual.values.length; slot++) {
    const row = Math.floor(slot / residual.width);
    const col = residual.indices[slot]!;
    if (residual.values[slot] !== 0) counts[target.length === m * n ? row : col]!++;
    add(row, col, residual.values[slot]!, (at, term) => {
      exact[at]! += term;
      magnitudes[at]! += Math.abs(term);
    });
  }
  return { exact, magnitudes, terms: Math.max(...counts) };
}

describe.each(testBackends)('sparse products on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each(SHAPES)('compensate adds ΔX · W for %o', async (shape) => {
    const { m, k, n } = shape;
    const { residual, w, y } = operands(shape);
    const actual = await update(
      y,
      [m, n],
      () => [sparseRows(m, k, residual), tensor2d(w, [k, n])],
      (yMN, sparse, wKN) => compensate(yMN, sparse, wKN),
    );
    const { exact, magnitudes, terms } = dense(y, residual, shape, (row, col, value, put) => {
      for (let i = 0; i < n; i++) put(row * n + i, value * w[col * n + i]!);
    });
    expect(terms).toBeGreaterThan(0);
    expectWithinBound(actual, exact, magnitudes, terms);
  });
  it.each(SHAPES)('compensateDw adds dYᵀ · ΔX for %o', async (shape) => {
    const { m, k, n } = shape;
    const { residual, dw, dy } = operands(shape);
    const actual = await update(
      dw,
      [n, k],
      () => [sparseRows(m, k, residual), tensor2d(dy, [m, n])],
      (dwNK, sparse, dyMN) => compensateDw(dwNK, dyMN, sparse),
    );
    const { exact, magnitudes, terms } = dense(dw, residual, shape, (row, col, value, put) => {
      for (let i = 0; i < n; i++) put(i * k + col, value * dy[row * n + i]!);
    });
    expect(terms).toBeGreaterThan(0);
    expectWithinBound(actual, exact, magnitudes, terms);
  });
  it('gives the same bits twice', async () => {
    const shape = SHAPES[4]!;
    const { m, k, n } = shape;
    const { residual, dw, dy } = operands(shape);
    const run = (): Promise<Float32Array> =>
      update(
        dw,
        [n, k],
        () => [sparseRows(m, k, residual), tensor2d(dy, [m, n])],
        (dwNK, sparse, dyMN) => compensateDw(dwNK, dyMN, sparse),
      );
    expect(bitsOf(await run())).toEqual(bitsOf(await run()));
  });
  it('ignores unused slots, also when what they point at is not finite', async () => {
    const residual = {
      clamped: new Float32Array(0),
      width: 3,
      indices: Int32Array.of(1, 0, 0, 0, 0, 0),
      values: Float32Array.of(2, 0, 0, 0, 0, 0),
    };
    const w = Float32Array.of(NaN, Infinity, 10, 20);
    const y = await update(
      Float32Array.of(1, 2, 3, 4),
      [2, 2],
      () => [sparseRows(2, 2, residual), tensor2d(w, [2, 2])],
      (yMN, sparse, wKN) => compensate(yMN, sparse, wKN),
    );
    expect([...y]).toEqual([21, 42, 3, 4]);
    const dw = await update(
      Float32Array.of(1, 2, 3, 4),
      [2, 2],
      () => [sparseRows(2, 2, residual), tensor2d([5, 7, NaN, Infinity], [2, 2])],
      (dwNK, sparse, dyMN) => compensateDw(dwNK, dyMN, sparse),
    );
    expect([...dw]).toEqual([1, 12, 3, 18]);
  });
  it('leaves the target alone without tokens', async () => {
    const residual = {
      clamped: new Float32Array(0),
      width: 2,
      indices: new Int32Array(0),
      values: new Float32Array(0),
    };
    const dw = await update(
      Float32Array.of(1, 2, 3, 4),
      [2, 2],
      () => [sparseRows(0, 2, residual), tensor2d([], [0, 2])],
      (dwNK, sparse, dyMN) => compensateDw(dwNK, dyMN, sparse),
    );
    expect([...dw]).toEqual([1, 2, 3, 4]);
  });

  it('adds nothing where a token has no slots', async () => {
    const none: ClampedOutliers = { ...clampOutliers(normalFloats(20, 1), 2, 10, 0.9), width: 0 };
    const [indices, values] = [none.indices.slice(0, 0), none.values.slice(0, 0)];
    const residual = (): SparseRows => sparseRows(2, 10, { ...none, indices, values });
    const [y, dw] = [normalFloats(6, 2), normalFloats(30, 3)];
    const forward = await update(
      y,
      [2, 3],
      () => [residual(), tensor2d(normalFloats(30, 4), [10, 3])],
      (yMN, sparse, wKN) => compensate(yMN, sparse, wKN),
    );
    expect(forward).toEqual(y);
    const backward = await update(
      dw,
      [3, 10],
      () => [residual(), tensor2d(normalFloats(6, 5), [2, 3])],
      (dwNK, sparse, dyMN) => compensateDw(dwNK, dyMN, sparse),
    );
    expect(backward).toEqual(dw);
  });
});

describe('compensate and compensateDw', () => {
  beforeAll(() => useBackend('cpu'));

  it('say what is wrong with their arguments', async () => {
    await expectNoLeaks(async () => {
      const sparse = sparseRows(2, 4, clampOutliers(normalFloats(8, 1), 2, 4, 0.7));
      const y = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
      const w = tensor2d(normalFloats(12, 1), [4, 3]);
      const wrong = tensor2d(normalFloats(12, 1), [3, 4]);
      const ints = tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      const square = tensor2d(normalFloats(16, 1), [4, 4]);
      expect(() => compensate(y, sparse, wrong)).toThrow(
        /compensate: yMN must have shape \[2, 4\], but got \[2, 3\]/,
      );
      expect(() => compensate(w, sparse, w)).toThrow(
        /compensate: yMN must have shape \[2, 3\], but got \[4, 3\]/,
      );
      expect(() => compensate(ints, sparse, w)).toThrow(/compensate: yMN must be float32, but got int32/);
      expect(() => compensateDw(square, y, sparse)).toThrow(
        /compensateDw: dyMN must have shape \[2, 4\], but got \[2, 3\]/,
      );
      expect(() => compensateDw(wrong, w, sparse)).toThrow(
        /compensateDw: dyMN must have shape \[2, 3\], but got \[4, 3\]/,
      );
      const tall = { ...sparse, rows: 4 };
      expect(() => compensate(square, tall, square)).toThrow(/yMN is overwritten and must not be wKN/);
      expect(() => compensateDw(square, square, tall)).toThrow(/dwNK is overwritten and must not be dyMN/);
      for (const tensor of [y, w, wrong, ints, square]) tensor.dispose();
      disposeSparseRows(sparse);
    });
  });
});
