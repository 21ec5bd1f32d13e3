/**
 * The lanes of every subgroup on this device, or undefined where that varies or is not told. Shaders are compiled for it,
 * since loops over a known number of lanes unroll, with the lanes of their shuffles known.
 */
export function subgroupSize(device: GPUDevice): number | undefined {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo ?? {};
  return subgroupMinSize === subgroupMaxSize ? subgroupMinSize : undefined;
}

/**
 * Threads of a workgroup whose subgroups share loads: one subgroup where it is known to have 4 or 8 lanes, else `threads`.
 * Such small subgroups are SIMD registers of a processor, which gains nothing from more of them in a workgroup, and whose
 * narrower tiles leave fewer threads beyond the last column.
 */
export function subgroupThreads(size: number | undefined, threads: number): number {
  return size === 4 || size === 8 ? size : threads;
}

/**
 * WGSL expression of the lanes that take turns in a workgroup of `threads`: a subgroup may be larger than the workgroup.
 * `subgroupSize` is the shader's name for the built-in value.
 */
export function lanesWgsl(size: number | undefined, threads: number): string {
  return size === undefined ? `min(subgroupSize, ${threads}u)` : `${Math.min(size, threads)}u`;
}

/**
 * The lanes of a subgroup, where they are known to be 4 or 8 and the device lets shaders share them; else undefined. Such
 * are the software adapters, Mesa lavapipe and SwiftShader: a subgroup is a SIMD register of the processor, a load for each
 * lane costs as much as twenty multiply-adds, and sums live in the cache anyway. There sharing loads always wins.
 */
export function smallSubgroup(device: GPUDevice): 4 | 8 | undefined {
  const size = device.features.has('subgroups') ? subgroupSize(device) : undefined;
  return size === 4 || size === 8 ? size : undefined;
}
