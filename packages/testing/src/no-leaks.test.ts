import { tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeaks, useBackend } from './index.ts';

describe('expectNoLeaks', () => {
  beforeAll(() => useBackend('cpu'));

  it('returns the result of a body that disposes what it makes', async () => {
    const result = await expectNoLeaks(async () => {
      const tensor = tensor1d([1, 2]);
      const values = await tensor.data();
      tensor.dispose();
      return values[1];
    });
    expect(result).toBe(2);
  });
  it('finds a tensor too many', async () => {
    let leaked: ReturnType<typeof tensor1d> | undefined;
    await expect(
      expectNoLeaks(async () => {
        leaked = tensor1d([1]);
      }),
    ).rejects.toThrow(/there were 0 tensors before and 1 after/);
    leaked!.dispose();
  });
  it('finds a tensor too few', async () => {
    const tensor = tensor1d([1]);
    await expect(expectNoLeaks(async () => tensor.dispose())).rejects.toThrow(/1 tensors before and 0 after/);
  });
});
