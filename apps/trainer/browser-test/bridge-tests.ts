import { engine, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { GpuError, gpuOutput, runProgram, throwOnGpuError, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import { pageGpu, usePageBackend } from './open-backends.ts';
import { expectSameBits } from './page-test.ts';
import type { PageTest } from './page-test.ts';

// Multiplies the bits by a constant and adds the index, both modulo 2^32: exact on every adapter.
const HASH = `
@group(0) @binding(0) var<storage, read> a: array<u32>;
@group(0) @binding(1) var<storage, read_write> hash: array<u32>;
struct Params { n: u32, factor: u32 }
@group(0) @binding(2) var<uniform> params: Params;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= params.n) { return; }
  hash[id.x] = a[id.x] * params.factor + id.x;
}`;
const FACTOR = 2654435761;

/** Runs one WGSL program over `input` and reads its int32 output. */
async function runOver(input: Float32Array, name: string, wgsl: string): Promise<Uint32Array> {
  const { backend, device } = await pageGpu();
  await usePageBackend('webgpu');
  const output = tidy(() => {
    const a = tensor1d(input);
    const info = gpuOutput(backend, [input.length], 'int32');
    runProgram(backend, {
      name,
      wgsl,
      inputs: [a],
      outputs: [info],
      params: [u32(input.length), u32(FACTOR)],
      workgroups: [Math.ceil(input.length / 64)],
    });
    return engine().makeTensorFromTensorInfo(info) as Tensor1D;
  });
  const values = (await output.data()) as Int32Array;
  output.dispose();
  throwOnGpuError(device);
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}

/** WGSL of our own, run in tfjs's command stream on the browser's WebGPU. */
export const bridgeTests: readonly PageTest[] = [
  {
    name: 'tfjs-bridge: a WGSL program computes the bits that JavaScript does',
    run: async () => {
      const input = Float32Array.from({ length: 1000 }, (_, index) => (index - 500) / 7);
      const bits = new Uint32Array(input.buffer);
      const expected = bits.map((value, index) => Math.imul(value, FACTOR) + index);
      expectSameBits(await runOver(input, 'hash', HASH), expected, 'hash');
    },
  },
];

/** To be run last: one mistake is reported several times, and the later reports would be taken for other tests'. */
export const errorTests: readonly PageTest[] = [
  {
    name: 'tfjs-bridge: a WGSL error is an exception, not stale numbers',
    run: async () => {
      const error = await runOver(
        new Float32Array(1),
        'broken',
        HASH.replace('a[id.x] *', 'nonsense *'),
      ).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (!(error instanceof GpuError)) throw new Error(`expected a GpuError, but got ${String(error)}`);
    },
  },
];
