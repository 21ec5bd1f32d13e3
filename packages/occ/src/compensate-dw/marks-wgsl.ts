import { eachOutput } from '../thread-share.ts';
import type { ThreadShare } from '../thread-share.ts';
import { dwDeclarations } from './dw-epilogue.ts';
import type { DwEpilogue } from './dw-epilogue.ts';

/** Words of marks that a workgroup holds in its memory, 8 KiB: a bit for each token of each of its columns. */
export const MARK_WORDS = 2048;

/**
 * For GPUs. A workgroup owns a few columns of dW and a run of its rows. It first marks the tokens that have an entry in which
 * column, a token to a lane, then walks the marked tokens of a column in ascending order, lanes along n, where dY is
 * contiguous: each sum has one owner and a fixed order. Integer or commutes, so the order of the marks does not matter.
 *
 * Where the marks of one column do not fit at once, `params.columns` is 1 and they are made for a stretch of tokens at a time.
 */
export function marksWgsl(share: ThreadShare, epilogue: DwEpilogue): string {
  const { threads, outputs } = share;
  return /* wgsl */ `
${dwDeclarations(epilogue, false)}
const THREADS = ${threads}u;
const ROWS = ${threads * outputs}u;
const STRETCH = ${32 * MARK_WORDS}u;
var<workgroup> marks: array<atomic<u32>, ${MARK_WORDS}>;

// The first slot of token m that is unused or whose column is not before the given one: columns ascend over the used slots.
fn slotOf(m: u32, column: u32) -> u32 {
  var low = m * params.width;
  var high = low + params.width;
  while (low < high) {
    let middle = (low + high) / 2u;
    if (values[middle] != 0.0 && indices[middle] < column) { low = middle + 1u; } else { high = middle; }
  }
  return low;
}

@compute @workgroup_size(${threads})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let number = group.y * groups.x + group.x;
  let across = (params.k + params.columns - 1u) / params.columns;
  let firstRow = (number / across) * ROWS + local;
  if (number / across * ROWS >= params.n) { return; }
  let firstColumn = (number % across) * params.columns;
  let endColumn = min(firstColumn + params.columns, params.k);
  // Rows beyond the end compute the last once more, and are not written.
  let last = params.n - 1u;
${eachOutput(share, (i) => `  let row${i} = min(firstRow + ${i * threads}u, last);`)}
  for (var column = firstColumn; column < endColumn; column++) {
${eachOutput(share, (i) => `    var sum${i} = 0.0;`)}
    for (var first = 0u; first < params.m; first += STRETCH) {
      let count = min(STRETCH, params.m - first);
      let blocks = (count + 31u) / 32u;
      if (column == firstColumn) {
        workgroupBarrier();
        for (var i = local; i < blocks * params.columns; i += THREADS) { atomicStore(&marks[i], 0u); }
        workgroupBarrier();
        for (var i = local; i < count; i += THREADS) {
          let end = (first + i + 1u) * params.width;
          for (var slot = slotOf(first + i, firstColumn); slot < end; slot++) {
            let marked = indices[slot];
            if (values[slot] == 0.0 || marked >= endColumn) { break; }
            atomicOr(&marks[(marked - firstColumn) * blocks + i / 32u], 1u << (i % 32u));
          }
        }
        workgroupBarrier();
      }
      for (var block = 0u; block < blocks; block++) {
        for (var left = atomicLoad(&marks[(column - firstColumn) * blocks + block]); left != 0u; left &= left - 1u) {
          let m = first + block * 32u + countTrailingZeros(left);
          let value = values[slotOf(m, column)];
          let start = m * params.n;
${eachOutput(share, (i) => `          sum${i} += dy[start + row${i}] * value;`)}
        }
      }
    }
${eachOutput(share, (i) => `    if (firstRow + ${i * threads}u <= last) { let row = row${i}; let at = row * params.k + column; let sum = sum${i}; ${epilogue.statement} }`)}
  }
}`;
}
