import { SELECT_SIZE, SELECT_WGSL } from './select-wgsl.ts';

/** Elements that a workgroup of {@link GATHER_WGSL} looks at: 8 KiB of lists. */
export const GATHER_TILE = 1024;

// Both sides select the largest: below, of the inverted keys. Side 0 is the lower threshold.
const SIDED_KEY = /* wgsl */ `
fn sided(key: u32, side: u32) -> u32 {
  return select(key, ~key, side == 0u);
}
`;

/**
 * The first look: one workgroup selects two keys of the sample. If they are final they are written as thresholds, and
 * otherwise as bounds to the state of the other two kernels, whose counters start at 0.
 */
export function sampleWgsl(isFinal: boolean): string {
  return /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
struct Params { size: u32, count: u32, isWhole: u32, hash: u32, rankLow: u32, rankHigh: u32 }
@group(0) @binding(2) var<uniform> params: Params;
${SELECT_WGSL}${SIDED_KEY}
var<private> side: u32;

// counterBits of @nibble-ml/fp4-format.
fn lowbias32(input: u32) -> u32 {
  var value = input;
  value = (value ^ (value >> 16u)) * 0x7feb352du;
  value = (value ^ (value >> 15u)) * 0x846ca68bu;
  return value ^ (value >> 16u);
}

// The upper 32 bits of a product of two integers, by halves.
fn mulHigh(a: u32, b: u32) -> u32 {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u);
}

fn keyAt(i: u32) -> u32 {
  var position = i;
  if (params.isWhole == 0u) { position = mulHigh(lowbias32(i + params.hash), params.size); }
  return sided(orderKey(x[position]), side);
}

@compute @workgroup_size(${SELECT_SIZE})
fn main(@builtin(local_invocation_index) local: u32) {
  for (var i = 0u; i < 2u; i++) {
    side = i;
    let key = selectLargest(params.count, select(params.rankHigh, params.rankLow, i == 0u), local);
    if (local == 0u) { output[i] = ${isFinal ? 'bitsOfKey(sided(key, i))' : 'key'}; }
  }
  ${isFinal ? '' : 'if (local < 4u) { output[2u + local] = 0u; }'}
}`;
}

/**
 * The pass over the tensor: lists the keys beyond each bound, in any order, and counts those and the ones equal to it. One
 * global atomic for each workgroup, side and count.
 */
export const GATHER_WGSL: string = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read_write> state: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read_write> candidates: array<u32>;
struct Params { size: u32, room: u32 }
@group(0) @binding(3) var<uniform> params: Params;

const SIZE: u32 = ${SELECT_SIZE}u;
const TILE: u32 = ${GATHER_TILE}u;

var<workgroup> lists: array<u32, ${2 * GATHER_TILE}>;
var<workgroup> beyond: array<atomic<u32>, 2>;
var<workgroup> equal: array<atomic<u32>, 2>;
var<workgroup> firsts: array<u32, 2>;

fn orderKey(bits: u32) -> u32 {
  return select(bits | 0x80000000u, ~bits, (bits >> 31u) == 1u);
}
${SIDED_KEY}
@compute @workgroup_size(${SELECT_SIZE})
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = (group.y * groups.x + group.x) * TILE;
  let bounds = array(atomicLoad(&state[0]), atomicLoad(&state[1]));
  for (var i = first + local; i < min(first + TILE, params.size); i += SIZE) {
    let key = orderKey(x[i]);
    for (var side = 0u; side < 2u; side++) {
      let mine = sided(key, side);
      if (mine > bounds[side]) { lists[side * TILE + atomicAdd(&beyond[side], 1u)] = mine; }
      if (mine == bounds[side]) { atomicAdd(&equal[side], 1u); }
    }
  }
  workgroupBarrier();
  if (local < 2u) {
    firsts[local] = atomicAdd(&state[2u + local], atomicLoad(&beyond[local]));
    atomicAdd(&state[4u + local], atomicLoad(&equal[local]));
  }
  workgroupBarrier();
  for (var side = 0u; side < 2u; side++) {
    for (var i = local; i < atomicLoad(&beyond[side]); i += SIZE) {
      let slot = firsts[side] + i;
      if (slot < params.room) { candidates[side * params.room + slot] = lists[side * TILE + i]; }
    }
  }
}`;

/** The exact selection, by one workgroup: among the listed keys, or, where a bound was wrong or a list too short, among all. */
export const REFINE_WGSL: string = /* wgsl */ `
@group(0) @binding(0) var<storage, read> x: array<u32>;
@group(0) @binding(1) var<storage, read> state: array<u32>;
@group(0) @binding(2) var<storage, read> candidates: array<u32>;
@group(0) @binding(3) var<storage, read_write> thresholds: array<u32>;
struct Params { size: u32, room: u32, rankLow: u32, rankHigh: u32 }
@group(0) @binding(4) var<uniform> params: Params;
${SELECT_WGSL}${SIDED_KEY}
var<private> side: u32;
var<private> isListed: bool;

fn keyAt(i: u32) -> u32 {
  if (isListed) { return candidates[side * params.room + i]; }
  return sided(orderKey(x[i]), side);
}

@compute @workgroup_size(${SELECT_SIZE})
fn main(@builtin(local_invocation_index) local: u32) {
  for (var i = 0u; i < 2u; i++) {
    side = i;
    let rank = select(params.rankHigh, params.rankLow, i == 0u);
    let found = state[2u + i];
    let isBound = found <= rank && found + state[4u + i] > rank;
    isListed = found > rank && found <= params.room;
    var length = select(params.size, found, isListed);
    if (isBound) { length = 0u; }
    let key = selectLargest(length, rank, local);
    if (local == 0u) { thresholds[i] = bitsOfKey(sided(select(key, state[i], isBound), i)); }
  }
}`;
