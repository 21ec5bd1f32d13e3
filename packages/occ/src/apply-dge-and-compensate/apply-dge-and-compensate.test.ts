import { applyDge } from '@nibble-ml/dge';
import type { ApplyDgeOptions } from '@nibble-ml/dge';
import {
  bitsOf,
  expectNoLeaks,
  gpuSession,
  normalFloats,
  readFloats,
  testBackends,
  useBackend,
} from '@nibble-ml/testing';
import { dispatchCount } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { backend as currentBackend, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { clampOutliers } from '../clamp-outliers.ts';
import { compensateDw } from '../compensate-dw/compensate-dw.ts';
import { ADD_SUM } from '../compensate-dw/dw-epilogue.ts';
import { compensateDwF32 } from '../compensate-dw/f32-order.ts';
import { runCompensateDw } from '../compensate-dw/run-compensate-dw.ts';
import { disposeSparseRows } from '../sparse-rows.ts';
import type { SparseRows } from '../sparse-rows.ts';
import { applyDgeAndCompensate } from './apply-dge-and-compensate.ts';
import { dgeEpilogue } from './webgpu.ts';

/** [M, K, N, alpha]: around workgroups of 32 and 256 rows and blocks of 32 tokens. */
const SHAPES = [
  [1, 11, 1, 0.9],
  [31, 40, 33, 0.95],
  [67, 131, 5, 0.9],
  [96, 24, 300, 0.9],
] as const;

interface Case {
  readonly dw: Float32Array;
  readonly dwNK: Tensor2D;
  readonly dyMN: Tensor2D;
  readonly wNK: Tensor2D;
  readonly residual: SparseRows;
  dispose(): void;
}

function makeCase([m, k, n, alpha]: readonly [number, number, number, number]): Case {
  const { indices, values, width } = clampOutliers(normalFloats(m * k, 1), m, k, alpha);
  const dw = normalFloats(n * k, 2);
  dw[0] = -0;
  const w = normalFloats(n * k, 4, 3);
  w.fill(0, 0, 2);
  const dwNK = tensor2d(dw.slice(), [n, k]);
  const dyMN = tensor2d(normalFloats(m * n, 3), [m, n]);
  const wNK = tensor2d(w, [n, k]);
  const residual = {
    rows: m,
    cols: k,
    width,
    indices: tensor2d(indices, [m, width], 'int32'),
    values: tensor2d(values, [m, width]),
  };
  return {
    dw,
    dwNK,
    dyMN,
    wNK,
    residual,
    dispose() {
      for (const tensor of [dwNK, dyMN, wNK]) tensor.dispose();
      disposeSparseRows(residual);
    },
  };
}

/** Positive scales with a 0, which stands for zeros. */
function scalesOf(count: number): Tensor1D {
  const scales = normalFloats(count, 5).map((x) => 0.2 + Math.abs(x));
  if (count > 2) scales[1] = 0;
  return tensor1d(scales);
}

describe.each(testBackends)('applyDgeAndCompensate on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  async function expectBitsOfParts(
    given: Case,
    scales: Tensor1D,
    options: ApplyDgeOptions,
    run: () => void,
  ): Promise<void> {
    const { dwNK, dyMN, wNK, residual, dw } = given;
    const parts = tensor2d(dw.slice(), dwNK.shape);
    applyDge(parts, wNK, scales, options);
    const scaled = bitsOf((await readFloats(parts)).slice());
    compensateDw(parts, dyMN, residual);
    const expected = bitsOf((await readFloats(parts)).slice());
    parts.dispose();
    expect(expected).not.toEqual(scaled);
    run();
    expect(bitsOf(await readFloats(dwNK))).toEqual(expected);
  }

  for (const shape of SHAPES) {
    const [m, k, n] = shape;
    const cases: [string, number, ApplyDgeOptions][] = [
      ['a scale per row', n, {}],
      ['one scale', 1, { k: 3, clip: 2, outside: 'msAmp' }],
      ['a scale per element', n * k, { block: 1 }],
      ...(k % 8 === 0 ? [['blocks', (n * k) / 8, { block: 8 }] as [string, number, ApplyDgeOptions]] : []),
    ];
    it.for(cases)(
      `has the bits of its parts for M, K, N = ${m}, ${k}, ${n} with %s`,
      async (one, { skip }) => {
        skip(backend === 'webgpu' && !gpuSession()!.software, 'hardware may fuse a multiply and an add');
        const [, count, options] = one;
        await expectNoLeaks(async () => {
          const [given, scales] = [makeCase(shape), scalesOf(count)];
          const { dwNK, dyMN, residual, wNK } = given;
          await expectBitsOfParts(given, scales, options, () =>
            applyDgeAndCompensate(dwNK, dyMN, residual, wNK, scales, options),
          );
          given.dispose();
          scales.dispose();
        });
      },
    );
  }
  it('adds not even 0 without slots', async () => {
    const [dw, w, scales] = [tensor2d([-0, 0], [1, 2]), tensor2d([1, 2], [1, 2]), tensor1d([1])];
    const dy = tensor2d([1], [1, 1]);
    const [indices, values] = [tensor2d([], [1, 0], 'int32'), tensor2d([], [1, 0])];
    const residual = { rows: 1, cols: 2, width: 0, indices, values };
    applyDgeAndCompensate(dw, dy, residual, w, scales);
    expect(bitsOf(await readFloats(dw))).toEqual(bitsOf(Float32Array.of(-0, 0)));
    for (const tensor of [dw, w, scales, dy, indices, values]) tensor.dispose();
  });
  it('refuses what its parts refuse, by its own name', () => {
    const given = makeCase(SHAPES[1]);
    const { dwNK, dyMN, residual, wNK } = given;
    const [scales, few] = [scalesOf(33), scalesOf(7)];
    expect(() => applyDgeAndCompensate(dwNK, dyMN, residual, wNK, few)).toThrow(
      'applyDgeAndCompensate: scales must have shape [33] or [1], but got [7]',
    );
    expect(() => applyDgeAndCompensate(dwNK, wNK, residual, wNK, scales)).toThrow(
      'applyDgeAndCompensate: dyMN must have shape [31, 33], but got [33, 40]',
    );
    expect(() => applyDgeAndCompensate(dwNK, dyMN, residual, wNK, scales, { k: 0.5 })).toThrow(
      /^applyDgeAndCompensate: k must be/,
    );
    given.dispose();
    scales.dispose();
    few.dispose();
  });

  describe.runIf(backend === 'webgpu')('shaders', () => {
    it('are dispatched once', () => {
      const given = makeCase(SHAPES[1]);
      const scales = scalesOf(33);
      const { device } = gpuSession()!;
      const before = dispatchCount(device);
      applyDgeAndCompensate(given.dwNK, given.dyMN, given.residual, given.wNK, scales);
      compensateDw(given.dwNK, given.dyMN, given.residual);
      expect(dispatchCount(device) - before).toBe(2);
      given.dispose();
      scales.dispose();
    });
    // Whichever this device does not use, too. The last has more workgroups than are wanted, so that each owns two columns.
    it.for([...SHAPES, [40, 5000, 3, 0.99] as const])(
      'of both variants have the same bits for M, K, N = %i, %i, %i',
      async (shape, { skip }) => {
        skip(!gpuSession()!.software, 'hardware may fuse a multiply and an add');
        for (const variant of ['marks', 'walk'] as const) {
          const [given, scales] = [makeCase(shape), scalesOf(shape[2])];
          const { dwNK: dw, dyMN: dy, wNK: w, residual } = given;
          const tensors = { dw, dy, indices: residual.indices, values: residual.values };
          const attrs = { k: 5, clip: 3, outside: 'edge', perScale: shape[1] } as const;
          const epilogue = dgeEpilogue(w, scales, attrs);
          const gpu = currentBackend() as unknown as GpuBackend;
          await expectBitsOfParts(given, scales, {}, () =>
            runCompensateDw(gpu, tensors, { name: 'occDgeCompensateDw', epilogue, variant }),
          );
          given.dispose();
          scales.dispose();
        }
      },
    );
    it('mark more tokens than fit into the memory of a workgroup, a stretch at a time', async ({ skip }) => {
      skip(!gpuSession()!.software, 'hardware may fuse a multiply and an add');
      const [m, k, n, width] = [66_000, 2, 1, 1];
      const dy = normalFloats(m, 1);
      const [indices, values] = [new Int32Array(m), new Float32Array(m)];
      for (const row of [0, 31, 7000, 65_535, 65_536, 65_999]) {
        indices[row] = row % 2;
        values[row] = row + 0.1;
      }
      const expected = Float32Array.of(1, 2);
      compensateDwF32(expected, dy, indices, values, { m, n, k, width });
      const tensors = {
        dw: tensor2d([1, 2], [n, k]),
        dy: tensor2d(dy, [m, n]),
        indices: tensor2d(indices, [m, width], 'int32'),
        values: tensor2d(values, [m, width]),
      };
      runCompensateDw(currentBackend() as unknown as GpuBackend, tensors, {
        name: 'occCompensateDw',
        epilogue: ADD_SUM,
        variant: 'marks',
      });
      expect(bitsOf(await readFloats(tensors.dw))).toEqual(bitsOf(expected));
      for (const tensor of Object.values(tensors)) tensor.dispose();
    });
  });
});
