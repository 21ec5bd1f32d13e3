import { subgroupMatrixConfigs } from '@nibble-ml/tfjs-bridge/webgpu';
import type { SubgroupMatrixConfig } from '@nibble-ml/tfjs-bridge/webgpu';
import { subgroupSize } from './webgpu-subgroup-size.ts';

/** Threads of a workgroup; its subgroups share a square tile of {@link MATRIX_TILE} rows and columns. */
export const MATRIX_THREADS = 128;

/** Rows and columns of a workgroup's tile. */
export const MATRIX_TILE = 64;

/** The factors of a matrix multiplication, and the sums, which are exact integers in each. */
type MatrixTypes = 'i8 i32' | 'f16 f32' | 'f32 f32';

// Sums in i32 are exact by definition. Those in f32 are integers below 2^24; a unit that adds with fewer bits than
// float32 has is found by the check of the bits that comes before the choice.
const EXACT_TYPES: readonly MatrixTypes[] = ['i8 i32', 'f16 f32', 'f32 f32'];

/** How the subgroups of a workgroup share its tile. */
export interface SubgroupMatrixPlan {
  readonly types: MatrixTypes;
  /** Rows, columns and depth of a matrix multiplication. */
  readonly M: number;
  readonly N: number;
  readonly K: number;
  /** Subgroups of a workgroup down and across its tile. */
  readonly down: number;
  readonly across: number;
}

/** The plan for this device, or undefined where it has no subgroup matrices whose sums are exact. */
export function subgroupMatrixPlan(device: GPUDevice): SubgroupMatrixPlan | undefined {
  const configs = subgroupMatrixConfigs(device).filter(
    ({ componentType }) => componentType !== 'f16' || device.features.has('shader-f16'),
  );
  return planFor(configs, subgroupSize(device));
}

/**
 * Chooses a configuration: int8 before float16 before float32, and among equals the first, which drivers prefer.
 *
 * @param size - lanes of every subgroup: where they vary, so does the number of subgroups that share a tile
 */
export function planFor(
  configs: readonly SubgroupMatrixConfig[],
  size: number | undefined,
): SubgroupMatrixPlan | undefined {
  if (size === undefined || MATRIX_THREADS % size !== 0) return undefined;
  const subgroups = MATRIX_THREADS / size;
  const down = 2 ** Math.floor(Math.log2(subgroups) / 2);
  const across = subgroups / down;
  const fits = ({ M, N, K }: SubgroupMatrixConfig, types: MatrixTypes): boolean =>
    (MATRIX_TILE / down) % M === 0 && (MATRIX_TILE / across) % N === 0 && stepCodes(types) % K === 0;
  for (const types of EXACT_TYPES) {
    const config = configs.find(
      (one) => `${one.componentType} ${one.resultComponentType}` === types && fits(one, types),
    );
    if (config !== undefined) return { types, M: config.M, N: config.N, K: config.K, down, across };
  }
  return undefined;
}

/** Codes of a row that are decoded at a time: 64 bytes of factors, so a step takes as much memory in each type. */
export function stepCodes(types: MatrixTypes): number {
  return { 'i8 i32': 64, 'f16 f32': 32, 'f32 f32': 16 }[types];
}
