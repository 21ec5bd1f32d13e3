import { describe, expect, it } from 'vitest';
import { recordSubgroupMatrixConfigs, subgroupMatrixConfigs } from './subgroup-matrix-configs.ts';

// As Dawn and Chromium have it: nothing but getters of a prototype.
class Config {
  get componentType(): string {
    return 'i8';
  }
  get resultComponentType(): string {
    return 'i32';
  }
  get M(): number {
    return 16;
  }
  get N(): number {
    return 8;
  }
  get K(): number {
    return 32;
  }
}

function deviceWith(...features: string[]): GPUDevice {
  return { features: new Set(features) } as unknown as GPUDevice;
}

describe('subgroupMatrixConfigs', () => {
  const info = { subgroupMatrixConfigs: [new Config()] } as unknown as GPUAdapterInfo;

  it('copies what the adapter lists', () => {
    const device = deviceWith('chromium-experimental-subgroup-matrix');
    recordSubgroupMatrixConfigs(device, info);
    expect(subgroupMatrixConfigs(device)).toEqual([
      { componentType: 'i8', resultComponentType: 'i32', M: 16, N: 8, K: 32 },
    ]);
  });
  it('is empty for a device without the feature, an adapter that lists none, and a device of someone else', () => {
    const without = deviceWith();
    recordSubgroupMatrixConfigs(without, info);
    const unlisted = deviceWith('chromium-experimental-subgroup-matrix');
    recordSubgroupMatrixConfigs(unlisted, {} as GPUAdapterInfo);
    const unknown = deviceWith('chromium-experimental-subgroup-matrix');
    for (const device of [without, unlisted, unknown]) expect(subgroupMatrixConfigs(device)).toEqual([]);
  });
});
