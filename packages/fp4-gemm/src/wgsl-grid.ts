/**
 * Spreads `count` workgroups over two dispatch dimensions, which WebGPU limits to 65,535 each. The shader finds its
 * index as `id.y * 65535 + id.x` and must check it against the count.
 */
export function linearGrid(count: number): [number, number] {
  return count <= GRID_WIDTH ? [count, 1] : [GRID_WIDTH, Math.ceil(count / GRID_WIDTH)];
}

/** The largest number of workgroups in one dispatch dimension that every device allows. */
export const GRID_WIDTH = 65_535;
