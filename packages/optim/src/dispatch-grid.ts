/** Workgroups in x and y that make `count` or a few more; each shader checks its own index. */
export function dispatchGrid(count: number): [number, number] {
  // 65,535 is what every WebGPU device allows in each dimension.
  const x = Math.min(count, 65_535);
  return [x, x === 0 ? 0 : Math.ceil(count / x)];
}

/**
 * Elements that one workgroup of an elementwise shader covers: 64 threads, 64 elements each. A software adapter runs
 * the branches of all tensors that are bound, masked, in every thread; so many elements make that a tenth.
 */
export const elementsPerWorkgroup = 4096;
