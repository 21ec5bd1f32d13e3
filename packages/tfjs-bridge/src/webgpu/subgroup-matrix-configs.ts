/** The feature that shaders with subgroup matrices need. Experimental in Dawn, and so in Chromium and Node. */
export const SUBGROUP_MATRIX_FEATURE = 'chromium-experimental-subgroup-matrix';

/**
 * Sizes and types of matrices that the subgroups of a device multiply: M rows by K columns, times K rows by N columns.
 *
 * Source: https://dawn.googlesource.com/dawn/+/refs/heads/main/docs/dawn/features/subgroup_matrix.md
 */
export interface SubgroupMatrixConfig {
  /** Type of the factors: `f32`, `f16`, `u32`, `i32`, `u8` or `i8`. */
  readonly componentType: string;
  /** Type of the sums. */
  readonly resultComponentType: string;
  /** Rows of the left matrix. */
  readonly M: number;
  /** Columns of the right matrix. */
  readonly N: number;
  /** Columns of the left matrix and rows of the right one. */
  readonly K: number;
}

const configsOf = new WeakMap<GPUDevice, readonly SubgroupMatrixConfig[]>();

/** Remembers what an adapter says of subgroup matrices for the device that is opened from it: Dawn's devices do not tell. */
export function recordSubgroupMatrixConfigs(
  device: GPUDevice,
  info: GPUAdapterInfo & { readonly subgroupMatrixConfigs?: Iterable<SubgroupMatrixConfig> },
): void {
  // The members are getters of a prototype, which a spread would not copy.
  const configs = [...(info.subgroupMatrixConfigs ?? [])].map(
    ({ componentType, resultComponentType, M, N, K }) => ({ componentType, resultComponentType, M, N, K }),
  );
  configsOf.set(device, configs);
}

/** The configurations of subgroup matrices on a device of `openWebGpu`, those its driver prefers first; none without the feature. */
export function subgroupMatrixConfigs(device: GPUDevice): readonly SubgroupMatrixConfig[] {
  return device.features.has(SUBGROUP_MATRIX_FEATURE) ? (configsOf.get(device) ?? []) : [];
}
