/** Workgroups in x and y that make `count` or a few more; each shader checks its own index. */
export function dispatchGrid(count: number): [number, number] {
  // 65,535 is what every WebGPU device allows in each dimension.
  const x = Math.min(count, 65_535);
  return [x, x === 0 ? 0 : Math.ceil(count / x)];
}

/**
 * Elements that one workgroup of an elementwise shader covers: 256 threads, 16 elements each. Fewer would let the
 * search for the workgroup's tensor show, which software adapters spend on every branch.
 */
export const elementsPerWorkgroup = 4096;
