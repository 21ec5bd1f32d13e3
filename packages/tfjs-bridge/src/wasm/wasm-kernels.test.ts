import { engine, memory, setBackend, tensor1d, zeros } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { registerKernelOnce } from '../register-kernel.ts';
import {
  engineAccepts,
  heapFloats,
  heapInts,
  heapOffset,
  openWasm,
  wasmKernels,
  wasmOutput,
  withScratch,
} from './index.ts';
import type { WasmBackend } from './index.ts';

const skip = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('wasm');

interface ScaleKernels {
  scale(x: number, y: number, n: number, factor: number): void;
}

/** Assembles a module that exports `scale`: y[i] = x[i] * factor for n values, from and to byte offsets. */
function scaleModule(): string {
  const [i32, f32] = [0x7f, 0x7d];
  const advance = (local: number, by: number, op: number) => [0x20, local, 0x41, by, op, 0x21, local];
  const body = [
    [0x00], // no locals beyond the parameters x, y, n, factor
    [0x02, 0x40, 0x03, 0x40], // block, loop
    [0x20, 2, 0x45, 0x0d, 1], // leave the block when n is 0
    [0x20, 1, 0x20, 0, 0x2a, 2, 0, 0x20, 3, 0x94, 0x38, 2, 0], // store(y, load(x) * factor)
    advance(0, 4, 0x6a),
    advance(1, 4, 0x6a),
    advance(2, 1, 0x6b),
    [0x0c, 0, 0x0b, 0x0b, 0x0b], // next; end of loop, block and function
  ].flat();
  const text = (name: string) => [name.length, ...Buffer.from(name)];
  const section = (id: number, bytes: number[]) => [id, bytes.length, ...bytes];
  const bytes = [
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [1, 0x60, 4, i32, i32, i32, f32, 0]),
    section(2, [1, ...text('env'), ...text('memory'), 2, 0, 1]),
    section(3, [1, 0]),
    section(7, [1, ...text('scale'), 0, 0]),
    section(10, [1, body.length, ...body]),
  ].flat();
  return Buffer.from(bytes).toString('base64');
}

const MODULE = scaleModule();

function registerScale(): void {
  registerKernelOnce<WasmBackend, { factor: number }>('Scale', 'wasm', (inputs, { factor }, backend) => {
    const x = inputs['x']!;
    const y = wasmOutput(backend, x.shape, 'float32');
    const kernels = wasmKernels<ScaleKernels>(backend, MODULE);
    kernels.scale(heapOffset(backend, x), heapOffset(backend, y), x.shape[0]!, factor);
    return y;
  });
}

/** Runs the kernel and reads its result. */
async function scale(x: Tensor1D, factor: number): Promise<number[]> {
  registerScale();
  const y = engine().runKernel('Scale', { x }, { factor }) as Tensor1D;
  const values = [...(await y.data())];
  y.dispose();
  return values;
}

describe.skipIf(skip)('wasm kernels', () => {
  let backend: WasmBackend;
  beforeAll(async () => {
    backend = await openWasm();
  });

  it('read and write tensors in place', async () => {
    const before = memory().numTensors;
    const x = tensor1d([1, -2, 0.5]);
    expect(await scale(x, 3)).toEqual([3, -6, 1.5]);
    expect(await scale(x, -1)).toEqual([-1, 2, -0.5]);
    x.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('work on after the memory has grown, on tensors from before and after', async () => {
    const old = tensor1d([1, 2, 3]);
    expect(await scale(old, 2)).toEqual([2, 4, 6]);
    const offset = heapOffset(backend, old);
    const { buffer } = backend.wasm.asm.memory;
    const fillers = [];
    while (backend.wasm.asm.memory.buffer === buffer) fillers.push(zeros([1 << 22]));
    expect(buffer.byteLength).toBe(0); // detached, as are all views on it
    expect(heapOffset(backend, old)).toBe(offset);
    expect(await scale(old, 2)).toEqual([2, 4, 6]);
    const young = tensor1d([5]);
    expect(await scale(young, 4)).toEqual([20]);
    for (const tensor of [...fillers, old, young]) tensor.dispose();
  });

  it('are instantiated once for each backend and module', () => {
    const kernels = wasmKernels<ScaleKernels>(backend, MODULE);
    expect(wasmKernels(backend, MODULE)).toBe(kernels);
    const elsewhere = { ...backend, wasm: { asm: { memory: new WebAssembly.Memory({ initial: 1 }) } } };
    const others = wasmKernels<ScaleKernels>(elsewhere as unknown as WasmBackend, MODULE);
    expect(others).not.toBe(kernels);
    const floats = new Float32Array(elsewhere.wasm.asm.memory.buffer);
    floats.set([7], 4);
    others.scale(16, 32, 1, 2);
    expect(floats[8]).toBe(14);
  });

  it('see the same data as the views', async () => {
    const floats = tensor1d([1.5, 2.5]);
    const ints = engine().makeTensorFromTensorInfo(wasmOutput(backend, [3], 'int32')) as Tensor1D;
    heapInts(backend, ints).set([7, -8, 9]);
    expect([...heapFloats(backend, floats)]).toEqual([1.5, 2.5]);
    heapFloats(backend, floats)[1] = 4;
    expect([...(await floats.data())]).toEqual([1.5, 4]);
    expect([...(await ints.data())]).toEqual([7, -8, 9]);
    floats.dispose();
    ints.dispose();
  });
});

describe.skipIf(skip)('withScratch', () => {
  it('lends memory aligned to 16 bytes, returns the result and frees the memory, also after an error', async () => {
    const backend = await openWasm();
    const freed: number[] = [];
    const taken: number[] = [];
    const { wasm } = backend;
    const watched = {
      ...backend,
      wasm: {
        _malloc: (bytes: number) => taken[taken.push(wasm._malloc(bytes)) - 1]!,
        _free: (offset: number) => (freed.push(offset), wasm._free(offset)),
      },
    } as unknown as WasmBackend;
    for (let bytes = 1; bytes < 40; bytes += 3) {
      const offset = withScratch(watched, bytes, (at) => at);
      expect(offset % 16).toBe(0);
      expect(offset + bytes).toBeLessThanOrEqual((taken.at(-1)! >>> 0) + bytes + 16);
    }
    expect(() =>
      withScratch(watched, 8, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(freed).toEqual(taken.map((offset) => offset >>> 0));
  });
  it('says so when there is no memory left', () => {
    const empty = { wasm: { _malloc: () => 0 } } as unknown as WasmBackend;
    expect(() => withScratch(empty, 1e9, () => 0)).toThrow(
      new RangeError('withScratch: 1000000000 bytes of WebAssembly memory could not be allocated'),
    );
  });
});

describe('engineAccepts', () => {
  it('tells a module that this engine compiles from one that it does not', () => {
    expect(engineAccepts(MODULE)).toBe(true);
    expect(engineAccepts(btoa('not a module'))).toBe(false);
  });
});

describe.skipIf(skip)('openWasm', () => {
  it('makes wasm the current backend again', async () => {
    const first = await openWasm();
    await setBackend('wasm');
    expect(await openWasm()).toBe(first);
  });
});
