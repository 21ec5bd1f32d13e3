/** Threads of a workgroup. */
export const THREADS = 64;

/** The largest number of workgroups in one dispatch dimension that every device allows. */
const GRID_WIDTH = 65_535;

/** A dispatch of at least `count` threads, one for each index; see {@link INDEX_WGSL}. */
export function threadGrid(count: number): [number, number] {
  const groups = Math.ceil(count / THREADS);
  return groups <= GRID_WIDTH ? [groups, 1] : [GRID_WIDTH, Math.ceil(groups / GRID_WIDTH)];
}

/** The head of a shader's `main` over {@link threadGrid}, which must check `index` against the count. */
export const INDEX_WGSL: string = `
@compute @workgroup_size(${THREADS})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let index = (group.y * ${GRID_WIDTH}u + group.x) * ${THREADS}u + lane;`;
