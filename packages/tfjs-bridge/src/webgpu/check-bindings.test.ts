import { describe, expect, it } from 'vitest';
import { checkBindings } from './check-bindings.ts';

const device = {
  limits: { maxStorageBufferBindingSize: 128 * 2 ** 20, maxBufferSize: 2 ** 28 },
} as unknown as GPUDevice;

function tensor(...shape: number[]): { dataId: object; shape: number[]; dtype: 'float32' } {
  return { dataId: {}, shape, dtype: 'float32' };
}

describe('checkBindings', () => {
  it('allows tensors up to the limit', () => {
    const program = { name: 'p', inputs: [tensor(32_768, 1024), tensor(0, 3)], outputs: [tensor(1)] };
    expect(() => checkBindings(device, program)).not.toThrow();
  });
  it('names the tensor, its bytes, the limit and the way out', () => {
    const inputs = [tensor(1), tensor(32_768, 1025)];
    expect(() => checkBindings(device, { name: 'Fp4MatMul f32', inputs, outputs: [] })).toThrow(
      'runProgram: input 1 [32768, 1025] of Fp4MatMul f32 must have at most 134217728 bytes, the largest storage buffer of this device, but has 134348800; split it by rows, or use a smaller batch',
    );
    expect(() => checkBindings(device, { name: 'p', inputs: [], outputs: [tensor(2 ** 30)] })).toThrow(
      /output 0 \[1073741824\] of p must have at most/,
    );
  });
});
