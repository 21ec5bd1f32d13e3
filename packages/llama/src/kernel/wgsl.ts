/** Threads of a workgroup. */
export const WORKGROUP_SIZE = 64;

// The least that WebGPU guarantees of workgroups in one dimension.
const MAX_WORKGROUPS = 65_535;

/** Workgroups in x and y for `count` workgroups in all; the last row may be longer than needed. */
export function workgroupGrid(count: number): [number, number] {
  const x = Math.min(count, MAX_WORKGROUPS);
  return [x, x === 0 ? 0 : Math.ceil(count / x)];
}

/** Workgroups in x and y for one thread for each of `count` items. */
export function threadGrid(count: number): [number, number] {
  return workgroupGrid(Math.ceil(count / WORKGROUP_SIZE));
}

/** WGSL: the entry point's head for {@link threadGrid}; `index` is the thread's item, and may lie beyond the last. */
export const THREAD_MAIN: string = `
@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let index = (group.y * groups.x + group.x) * ${WORKGROUP_SIZE}u + local;`;

/** Rows and columns of a workgroup of {@link rowThreadGrid}. */
const ROWS_OF_GROUP = 4;
const ITEMS_OF_GROUP = 16;

/** Workgroups for one thread for each of `items` items of each row. */
export function rowThreadGrid(rows: number, items: number): [number, number, number] {
  const [y, z] = workgroupGrid(Math.ceil(rows / ROWS_OF_GROUP));
  return [Math.ceil(items / ITEMS_OF_GROUP), y, z];
}

/**
 * WGSL: the entry point's head for {@link rowThreadGrid}; `row` and `item` are the thread's, and may lie beyond the
 * last. Without the divisions that an index over all would take, which are slow on GPUs and slower on software adapters.
 */
export const ROW_THREAD_MAIN: string = `
@compute @workgroup_size(${ITEMS_OF_GROUP}, ${ROWS_OF_GROUP})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_id) local: vec3u) {
  let row = (group.z * groups.y + group.y) * ${ROWS_OF_GROUP}u + local.y;
  let item = group.x * ${ITEMS_OF_GROUP}u + local.x;`;

/**
 * WGSL functions `load_NAME(at, left) -> vec4f` and `store_NAME(at, left, value)` that move up to four neighbouring
 * values of the buffer NAME, `left` of which exist. Where rows are a multiple of four long the buffer is declared as
 * `array<vec4f>`, else as `array<f32>` ({@link rowElement}).
 */
export function rowAccess(aligned: boolean, inputs: readonly string[], outputs: readonly string[]): string {
  const loads = inputs.map((name) =>
    aligned
      ? `fn load_${name}(at: u32, left: u32) -> vec4f { return ${name}[at / 4u]; }`
      : `fn load_${name}(at: u32, left: u32) -> vec4f {
  var value = vec4f();
  for (var i = 0u; i < min(left, 4u); i++) { value[i] = ${name}[at + i]; }
  return value;
}`,
  );
  const stores = outputs.map((name) =>
    aligned
      ? `fn store_${name}(at: u32, left: u32, value: vec4f) { ${name}[at / 4u] = value; }`
      : `fn store_${name}(at: u32, left: u32, value: vec4f) {
  for (var i = 0u; i < min(left, 4u); i++) { ${name}[at + i] = value[i]; }
}`,
  );
  return [...loads, ...stores].join('\n');
}

/** WGSL element type of buffers that {@link rowAccess} reads and writes. */
export function rowElement(aligned: boolean): 'vec4f' | 'f32' {
  return aligned ? 'vec4f' : 'f32';
}
