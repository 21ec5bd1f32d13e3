import { backend, engine, memory, setBackend, tensor1d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpuFloats, cpuInts, cpuOutput, registerKernelOnce } from './index.ts';
import type { CpuBackend } from './index.ts';

let cpu: CpuBackend;
beforeAll(async () => {
  await setBackend('cpu');
  cpu = backend() as unknown as CpuBackend;
});

describe('cpu tensors', () => {
  it('are live views of a tensor', async () => {
    const floats = tensor1d([1, 2]);
    const ints = tensor1d([3, 4], 'int32');
    cpuFloats(cpu, floats)[0] = 9;
    cpuInts(cpu, ints)[1] = -4;
    expect([...(await floats.data())]).toEqual([9, 2]);
    expect([...(await ints.data())]).toEqual([3, -4]);
    floats.dispose();
    ints.dispose();
  });
  it('are made from typed arrays, whose kind gives the dtype', async () => {
    const before = memory().numTensors;
    const made = [new Float32Array(6).fill(0.5), new Int32Array(6).fill(7)].map(
      (values) => engine().makeTensorFromTensorInfo(cpuOutput(cpu, [2, 3], values)) as Tensor2D,
    );
    expect(made.map(({ dtype, shape }) => [dtype, shape])).toEqual([
      ['float32', [2, 3]],
      ['int32', [2, 3]],
    ]);
    expect((await made[1]!.data())[5]).toBe(7);
    for (const tensor of made) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });
  it('refuse values that do not fill the shape', () => {
    expect(() => cpuOutput(cpu, [2, 3], new Float32Array(5))).toThrow(
      new RangeError('cpuOutput: shape [2, 3] needs 6 values, but got 5'),
    );
  });
});

describe('registerKernelOnce', () => {
  it('keeps the first kernel of a name, and hands it inputs, attributes and the backend', async () => {
    const register = (factor: number) =>
      registerKernelOnce<CpuBackend, { addend: number }>('Affine', 'cpu', ({ x }, { addend }, own) => {
        expect(own).toBe(cpu);
        return cpuOutput(
          own,
          x!.shape,
          cpuFloats(own, x!).map((value) => value * factor + addend),
        );
      });
    register(2);
    register(3);
    const x = tensor1d([1, 10]);
    const y = engine().runKernel('Affine', { x }, { addend: 1 }) as typeof x;
    expect([...(await y.data())]).toEqual([3, 21]);
    x.dispose();
    y.dispose();
  });
});
