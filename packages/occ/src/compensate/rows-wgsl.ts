import { eachOutput } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';

/** How a kernel finds the entries of a row of the residual. */
export interface EntriesWgsl {
  /** Names of the input arrays with their element types; `w` and `y` follow them. */
  readonly arrays: readonly (readonly [name: string, type: 'u32' | 'f32'])[];
  /** A field of the parameters beside the shape, or none. */
  readonly field?: string;
  /** Index of the first entry of `row`, and the one past the last. */
  readonly first: string;
  readonly end: string;
  /** Name of the array with the column of an entry. */
  readonly columns: string;
  /** What to do at an entry of value 0, which counts for nothing: the last of its row, or one among others. */
  readonly atZero: 'break' | 'continue';
}

/**
 * WGSL of y += ΔX · W. A workgroup owns a run of columns of one row, lanes along the columns, so that the reads of w are
 * contiguous; entries ascend.
 */
export function compensateRowsWgsl(
  share: ThreadShare,
  { arrays, field, first, end, columns, atZero }: EntriesWgsl,
): string {
  const { threads, outputs } = share;
  const bindings = [...arrays, ['w', 'f32'] as const].map(
    ([name, type], binding) => `@group(0) @binding(${binding}) var<storage, read> ${name}: array<${type}>;\n`,
  );
  const y = bindings.length;
  return /* wgsl */ `
${bindings.join('')}@group(0) @binding(${y}) var<storage, read_write> y: array<f32>;
struct Params { rows: u32, cols: u32, groupsPerRow: u32${field === undefined ? '' : `, ${field}: u32`} }
@group(0) @binding(${y + 1}) var<uniform> params: Params;

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let row = number / params.groupsPerRow;
  if (row >= params.rows) { return; }
  let first = (number % params.groupsPerRow) * ${threads * outputs}u + local;
  // Columns beyond the end compute the last once more, and are not written.
  let last = params.cols - 1u;
${eachOutput(share, (i) => `  let col${i} = min(first + ${i * threads}u, last); var sum${i} = y[row * params.cols + col${i}];`)}
  let end = ${end};
  for (var entry = ${first}; entry < end; entry++) {
    let value = values[entry];
    if (value == 0.0) { ${atZero}; }
    let start = ${columns}[entry] * params.cols;
${eachOutput(share, (i) => `    sum${i} += value * w[start + col${i}];`)}
  }
${eachOutput(share, (i) => `  if (first + ${i * threads}u <= last) { y[row * params.cols + col${i}] = sum${i}; }`)}
}`;
}
