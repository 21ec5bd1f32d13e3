import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { compensateDw } from '../compensate-dw/compensate-dw.ts';
import { compensateDwF32 } from '../compensate-dw/f32-order.ts';
import { compensate } from '../compensate/compensate.ts';
import { compensateF32 } from '../compensate/f32-order.ts';
import { disposeCompressedRows } from '../compressed-rows.ts';
import type { CompressedRows } from '../compressed-rows.ts';

interface Entries {
  readonly starts: number[];
  readonly columns: number[];
  readonly values: number[];
}

/** Entries of a sparse matrix: row 1 is empty, the middle row full, the others have about 5 % each, some of value 0. */
function entriesOf(m: number, k: number): Entries {
  const x = normalFloats(m * k, 1);
  const chosen = normalFloats(m * k, 2);
  const entries = { starts: [0], columns: [] as number[], values: [] as number[] };
  for (let row = 0; row < m; row++) {
    for (let col = 0; col < k; col++) {
      const i = row * k + col;
      if (row === 1 || (row !== m >> 1 && Math.abs(chosen[i]!) < 2)) continue;
      entries.columns.push(col);
      entries.values.push(i % 11 === 3 ? 0 : x[i]!);
    }
    entries.starts.push(entries.columns.length);
  }
  return entries;
}

/** The same as rows of width k, without values of 0. */
function wideOf(m: number, k: number, entries: Entries): { indices: Int32Array; values: Float32Array } {
  const { starts, columns, values } = entries;
  const wide = { indices: new Int32Array(m * k), values: new Float32Array(m * k) };
  for (let row = 0; row < m; row++) {
    let slot = row * k;
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++) {
      if (values[entry] === 0) continue;
      wide.indices[slot] = columns[entry]!;
      wide.values[slot++] = values[entry]!;
    }
  }
  return wide;
}

function compressed(m: number, k: number, { starts, columns, values }: Entries): CompressedRows {
  // Room to spare, filled with what must not be read.
  const capacity = columns.length + 5;
  return {
    rows: m,
    cols: k,
    capacity,
    starts: tensor1d(starts, 'int32'),
    columns: tensor1d([...columns, ...Array<number>(5).fill(0)], 'int32'),
    values: tensor1d([...values, ...Array<number>(5).fill(NaN)]),
  };
}

const SHAPES = [
  [1, 9, 1],
  [5, 37, 3],
  [64, 128, 96],
  [33, 344, 129],
  [300, 20, 300],
  [40, 2500, 5],
] as const;

describe.each(testBackends)('products of compressed rows on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.for(SHAPES)('have the bits of the definition for M, K, N = %i, %i, %i', async ([m, k, n], { skip }) => {
    skip(backend === 'webgpu' && !gpuSession()!.software, 'hardware may fuse a multiply and an add');
    const entries = entriesOf(m, k);
    const wide = wideOf(m, k, entries);
    const [w, y] = [normalFloats(k * n, 3), normalFloats(m * n, 4)];
    const [dy, dw] = [normalFloats(m * n, 5), normalFloats(n * k, 6)];
    y.set([-0]);
    const [expectedY, expectedDw] = [y.slice(), dw.slice()];
    compensateF32(expectedY, wide.indices, wide.values, w, m, n, k);
    compensateDwF32(expectedDw, dy, wide.indices, wide.values, { m, n, k, width: k });
    await expectNoLeaks(async () => {
      const residual = compressed(m, k, entries);
      const tensors = [
        tensor2d(y.slice(), [m, n]),
        tensor2d(w, [k, n]),
        tensor2d(dw.slice(), [n, k]),
        tensor2d(dy, [m, n]),
      ] as const;
      const [yMN, wKN, dwNK, dyMN] = tensors;
      compensate(yMN, residual, wKN);
      compensateDw(dwNK, dyMN, residual);
      expect(bitsOf(await readFloats(yMN))).toEqual(bitsOf(expectedY));
      expect(bitsOf(await readFloats(dwNK))).toEqual(bitsOf(expectedDw));
      for (const tensor of tensors) tensor.dispose();
      disposeCompressedRows(residual);
    });
    expect(expectedY).not.toEqual(y);
    expect(expectedDw).not.toEqual(dw);
  });
  it('ignore entries of value 0, also when what they point at is not finite', async () => {
    await expectNoLeaks(async () => {
      const residual = compressed(1, 3, { starts: [0, 2], columns: [0, 2], values: [0, 2] });
      const [y, w] = [tensor2d([1], [1, 1]), tensor2d([NaN, Infinity, 10], [3, 1])];
      compensate(y, residual, w);
      expect([...(await readFloats(y))]).toEqual([21]);
      y.dispose();
      w.dispose();
      disposeCompressedRows(residual);
    });
  });
  it('leave their targets alone without tokens', async () => {
    await expectNoLeaks(async () => {
      const residual = compressed(0, 2, { starts: [0], columns: [], values: [] });
      const [dw, dy] = [tensor2d([1, 2, 3, 4], [2, 2]), tensor2d([], [0, 2])];
      compensateDw(dw, dy, residual);
      expect([...(await readFloats(dw))]).toEqual([1, 2, 3, 4]);
      dw.dispose();
      dy.dispose();
      disposeCompressedRows(residual);
    });
  });
});
