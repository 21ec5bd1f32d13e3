/**
 * Spreads `count` workgroups over two dispatch dimensions, which WebGPU limits to 65,535 each. The shader finds its
 * index as `id.y * 65535 + id.x` and must check it against the count.
 */
export function linearGrid(count: number): [number, number] {
  return count <= GRID_WIDTH ? [count, 1] : [GRID_WIDTH, Math.ceil(count / GRID_WIDTH)];
}

/** The largest number of workgroups in one dispatch dimension that every device allows. */
export const GRID_WIDTH = 65_535;

/** A matrix cut into tiles, one to a workgroup: the dispatch, and what the shader needs to find its tile. */
export interface TileGrid {
  readonly workgroups: [number, number];
  /** Tiles across the columns. */
  readonly across: number;
  /** Tiles in all. */
  readonly count: number;
}

/** Cuts `[rows, cols]` into tiles of `tileRows` by `tileCols`, counted row by row, as {@link TILE_WGSL} expects. */
export function tileGrid(rows: number, cols: number, tileRows: number, tileCols: number): TileGrid {
  const across = Math.ceil(cols / tileCols);
  const count = across * Math.ceil(rows / tileRows);
  return { workgroups: linearGrid(count), across, count };
}

/**
 * The first lines of a shader's `main` over a {@link TileGrid}: `tile.x` counts tiles across, `tile.y` down. Needs
 * `group` (the workgroup's id) and the members `across` and `count` of `params`.
 */
export const TILE_WGSL: string = `
  let tileIndex = group.y * ${GRID_WIDTH}u + group.x;
  if (tileIndex >= params.count) { return; }
  let tile = vec2u(tileIndex % params.across, tileIndex / params.across);`;
