/**
 * The lanes of every subgroup on this device, or undefined where that varies or is not told. Shaders are compiled for it,
 * since loops over a known number of lanes unroll, with the lanes of their shuffles known.
 */
export function subgroupSize(device: GPUDevice): number | undefined {
  const { subgroupMinSize, subgroupMaxSize } = device.adapterInfo ?? {};
  return subgroupMinSize === subgroupMaxSize ? subgroupMinSize : undefined;
}

/**
 * WGSL expression of the lanes that take turns in a workgroup of `threads`: a subgroup may be larger than the workgroup.
 * `subgroupSize` is the shader's name for the built-in value.
 */
export function lanesWgsl(size: number | undefined, threads: number): string {
  return size === undefined ? `min(subgroupSize, ${threads}u)` : `${Math.min(size, threads)}u`;
}
