import { tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { disposeFp4, fp4MatMul, fp4Quantize } from '@nibble-ml/fp4-gemm';
import { throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import { pageGpu, usePageBackend } from './open-backends.ts';
import { expectSameBits } from './page-test.ts';
import type { PageTest } from './page-test.ts';

const sizes = [
  { m: 1, k: 1, n: 1 },
  { m: 5, k: 17, n: 3 },
  { m: 128, k: 256, n: 96 },
];

/** The bits of everything that quantizing two matrices and multiplying them makes. */
interface Fp4Bits {
  readonly xCodes: Uint32Array;
  readonly xScales: Uint32Array;
  readonly wCodes: Uint32Array;
  readonly wScales: Uint32Array;
  readonly product: Uint32Array;
}

/** Quantization and the FP4 product give the same bits on wasm and WebGPU as on cpu, all in this page. */
export const fp4Tests: readonly PageTest[] = (['wasm', 'webgpu'] as const).flatMap((backend) =>
  (['vector', 'tensor'] as const).flatMap((granularity) =>
    sizes.map((size) => ({
      name: `fp4-gemm: codes, scales and product of [${size.m}, ${size.k}] x [${size.n}, ${size.k}]^T with one scale per ${granularity === 'vector' ? 'row' : 'tensor'} have the same bits on ${backend} as on cpu`,
      run: async () => {
        const expected = await multiply('cpu', size, granularity);
        const actual = await multiply(backend, size, granularity);
        for (const what of ['xScales', 'xCodes', 'wScales', 'wCodes', 'product'] as const) {
          expectSameBits(actual[what], expected[what], what);
        }
      },
    })),
  ),
);

async function multiply(
  backend: 'cpu' | 'wasm' | 'webgpu',
  { m, k, n }: (typeof sizes)[number],
  granularity: 'vector' | 'tensor',
): Promise<Fp4Bits> {
  await usePageBackend(backend);
  const x = tensor2d(heavyTailed(m * k, 1), [m, k]);
  const w = tensor2d(heavyTailed(n * k, 2), [n, k]);
  const xQ = fp4Quantize(x, { granularity });
  const wQ = fp4Quantize(w, { granularity });
  const product = fp4MatMul(xQ, wQ);
  const bits = {
    xCodes: await bitsOf(xQ.codes),
    xScales: await bitsOf(xQ.scales),
    wCodes: await bitsOf(wQ.codes),
    wScales: await bitsOf(wQ.scales),
    product: await bitsOf(product),
  };
  if (backend === 'webgpu') throwOnGpuError((await pageGpu()).device);
  for (const fp4 of [xQ, wQ]) disposeFp4(fp4);
  for (const tensor of [x, w, product]) tensor.dispose();
  return bits;
}

async function bitsOf(tensor: Tensor): Promise<Uint32Array> {
  const values = (await tensor.data()) as Float32Array | Int32Array;
  return new Uint32Array(values.slice().buffer);
}

/** Values of either sign over several binades, an occasional outlier and ties between neighbouring codes among them. */
function heavyTailed(size: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: size }, (_, index) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const uniform = state / 2 ** 31 - 1;
    if (index % 11 === 3) return Math.round(uniform * 24) / 4;
    return uniform ** 3 * (index % 37 === 0 ? 60 : 6);
  });
}
