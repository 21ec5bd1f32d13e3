import { eachOutput } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';
import { dwDeclarations } from './dw-epilogue.ts';
import type { DwEpilogue } from './dw-epilogue.ts';

/**
 * For software adapters, on which barriers cost more than memory does. A workgroup owns whole rows of dW. It walks the entries
 * of the tokens in ascending order and adds each to the sum of its column, which lies in scratch, `[rows of the workgroup]`
 * after `[rows of the workgroup]`: a thread only ever touches sums of its own.
 */
export function walkWgsl(share: ThreadShare, epilogue: DwEpilogue): string {
  const { threads, outputs } = share;
  return /* wgsl */ `
${dwDeclarations(epilogue, true)}
const ROWS = ${threads * outputs}u;

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let firstRow = number * ROWS + local;
  if (number * ROWS >= params.n) { return; }
  let firstSum = number * ROWS * params.k + local;
  // Rows beyond the end compute the last once more, and are not written.
  let last = params.n - 1u;
${eachOutput(share, (i) => `  let row${i} = min(firstRow + ${i * threads}u, last);`)}
  for (var i = 0u; i < params.k; i++) {
${eachOutput(share, (i) => `    sums[firstSum + i * ROWS + ${i * threads}u] = 0.0;`)}
  }
  var slot = 0u;
  for (var m = 0u; m < params.m; m++) {
    let start = m * params.n;
${eachOutput(share, (i) => `    let dy${i} = dy[start + row${i}];`)}
    let end = slot + params.width;
    for (var entry = slot; entry < end; entry++) {
      let value = values[entry];
      // Used slots come first.
      if (value == 0.0) { break; }
      let at = firstSum + indices[entry] * ROWS;
${eachOutput(share, (i) => `      sums[at + ${i * threads}u] += dy${i} * value;`)}
    }
    slot = end;
  }
  for (var column = 0u; column < params.k; column++) {
${eachOutput(share, (i) => `    if (firstRow + ${i * threads}u <= last) { let row = row${i}; let at = row * params.k + column; let sum = sums[firstSum + column * ROWS + ${i * threads}u]; ${epilogue.statement} }`)}
  }
}`;
}
