import { ROW_WGSL } from './webgpu-row.ts';

/** Rows of a workgroup of {@link extremesWgsl}. */
export const ROWS_PER_WORKGROUP = 8;

// Eight lanes read 32 consecutive bytes, a sector of a GPU's cache, and software adapters still have few lists to merge.
const LANES_PER_ROW = 8;
const WORKGROUP_SIZE = ROWS_PER_WORKGROUP * LANES_PER_ROW;

/**
 * The kernel for ranks below `listSize` from either end, eight lanes a row. Each lane keeps the `listSize` smallest and
 * largest order keys of its columns in ascending and descending lists, by insertion; the lanes of a row then merge
 * their lists. Encoding a word notes the columns that were clamped, in any order; sorting the few notes by rank makes
 * the residual the same from run to run. Two passes over the row, two barriers, 576 · `listSize` - 32 bytes of
 * workgroup memory.
 */
export function extremesWgsl(listSize: number): string {
  return /* wgsl */ `${ROW_WGSL}
const ROWS: u32 = ${ROWS_PER_WORKGROUP}u;
const LANES: u32 = ${LANES_PER_ROW}u;
const SIZE: u32 = ${WORKGROUP_SIZE}u;
const LIST: u32 = ${listSize}u;
// Fewer than LIST elements lie beyond either threshold.
const NOTES: u32 = 2u * LIST - 2u;

alias List = array<u32, LIST>;

var<workgroup> smallestOf: array<u32, SIZE * LIST>;
var<workgroup> largestOf: array<u32, SIZE * LIST>;
var<workgroup> notes: array<u32, ROWS * NOTES>;
// Zero at the start, as WGSL has it for all workgroup memory.
var<workgroup> noteCounts: array<atomic<u32>, ROWS>;

fn insertAscending(list: ptr<function, List>, key: u32) {
  var carried = key;
  for (var i = 0u; i < LIST; i++) {
    let held = (*list)[i];
    (*list)[i] = min(held, carried);
    carried = max(held, carried);
  }
}

fn insertDescending(list: ptr<function, List>, key: u32) {
  var carried = key;
  for (var i = 0u; i < LIST; i++) {
    let held = (*list)[i];
    (*list)[i] = max(held, carried);
    carried = min(held, carried);
  }
}

@compute @workgroup_size(${WORKGROUP_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let rowInGroup = local / LANES;
  let lane = local % LANES;
  let row = (group.y * groups.x + group.x) * ROWS + rowInGroup;
  // Every thread must reach the barriers, so those past the last row have no columns.
  let inside = row < params.rows;
  let cols = select(0u, params.cols, inside);
  let start = row * params.cols;

  var smallest: List;
  var largest: List;
  for (var i = 0u; i < LIST; i++) {
    smallest[i] = 0xffffffffu;
    largest[i] = 0u;
  }
  for (var col = lane; col < cols; col += LANES) {
    let key = orderKey(x[start + col]);
    if (key < smallest[LIST - 1u]) { insertAscending(&smallest, key); }
    if (key > largest[LIST - 1u]) { insertDescending(&largest, key); }
  }
  for (var i = 0u; i < LIST; i++) {
    smallestOf[i * SIZE + local] = smallest[i];
    largestOf[i * SIZE + local] = largest[i];
  }
  workgroupBarrier();

  for (var step = 1u; step < LANES; step++) {
    let other = rowInGroup * LANES + (lane + step) % LANES;
    for (var i = 0u; i < LIST; i++) {
      let key = smallestOf[i * SIZE + other];
      if (key >= smallest[LIST - 1u]) { break; }
      insertAscending(&smallest, key);
    }
    for (var i = 0u; i < LIST; i++) {
      let key = largestOf[i * SIZE + other];
      if (key <= largest[LIST - 1u]) { break; }
      insertDescending(&largest, key);
    }
  }

  let amaxOfRow = max(bitsOfKey(smallest[0]) & 0x7fffffffu, bitsOfKey(largest[0]) & 0x7fffffffu);
  let isFinite = amaxOfRow < INFINITY;
  var lowerKey = 0u;
  var upperKey = 0xffffffffu;
  var scale = 0u;
  if (isFinite) {
    lowerKey = smallest[params.lower];
    upperKey = largest[params.cols - 1u - params.upper];
    scale = scaleOf(max(bitsOfKey(lowerKey) & 0x7fffffffu, bitsOfKey(upperKey) & 0x7fffffffu));
  }
  if (inside && lane == 0u) { scales[row] = select(NAN, scale, isFinite); }

  let midpoints = midpointsOf(scale);
  let words = (cols + 7u) / 8u;
  for (var word = lane; word < words; word += LANES) {
    var packed = 0u;
    for (var i = 0u; i < min(8u, cols - word * 8u); i++) {
      let col = word * 8u + i;
      let bits = x[start + col];
      let kept = bitsOfKey(clamp(orderKey(bits), lowerKey, upperKey));
      packed |= codeOf(kept, midpoints) << (4u * i);
      if (flush(bits) != flush(kept)) {
        notes[rowInGroup * NOTES + atomicAdd(&noteCounts[rowInGroup], 1u)] = col;
      }
    }
    codes[row * words + word] = packed;
  }
  workgroupBarrier();

  let width = select(0u, params.lower + params.cols - 1u - params.upper, inside);
  let count = atomicLoad(&noteCounts[rowInGroup]);
  for (var note = lane; note < count; note += LANES) {
    let col = notes[rowInGroup * NOTES + note];
    var before = 0u;
    for (var i = 0u; i < count; i++) { before += u32(notes[rowInGroup * NOTES + i] < col); }
    let bits = x[start + col];
    let kept = bitsOfKey(clamp(orderKey(bits), lowerKey, upperKey));
    indices[row * width + before] = col;
    values[row * width + before] = bitcast<f32>(flush(bits)) - bitcast<f32>(flush(kept));
  }
  for (var unused = count + lane; unused < width; unused += LANES) {
    indices[row * width + unused] = 0u;
    values[row * width + unused] = 0.0;
  }
}`;
}
