/** What a loop does: float32 multiply-adds, which a compiler may fuse, or `dot4I8Packed` with an addition. */
export type PeakKernel = 'f32' | 'dot4I8';

/** Threads of a workgroup. */
export const THREADS = 64;
/** Numbers that a thread works on, each independent of the others, so that latencies overlap. */
const REGISTERS = 16;
/** Steps of each register in a turn of the loop; an even number. */
const STEPS_PER_TURN = 8;

// Uniform, so that no compiler can know them. With these, x -> a * x + b comes back to x after two steps, exactly.
const FACTOR = -1;
const TERM = 3;
const BYTES = 0x01ff0302;

/** The values of the uniform struct that the shader calls `params`, after the number of turns. */
export const peakConstants: readonly number[] = [FACTOR, TERM, BYTES];

/** Arithmetic operations of a thread in a turn, an addition and a multiplication counted as one each. */
export function operationsPerTurn(kernel: PeakKernel): number {
  return REGISTERS * STEPS_PER_TURN * (kernel === 'f32' ? 2 : 8);
}

/**
 * A shader of threads that do nothing but compute in registers and write one number each at the end. Every step depends
 * on the one before, so none can be left out.
 */
export function peakWgsl(kernel: PeakKernel): string {
  const registers = Array.from({ length: REGISTERS }, (_, index) => `x${index}`);
  const type = kernel === 'f32' ? 'f32' : 'i32';
  const step = (x: string): string =>
    kernel === 'f32'
      ? `${x} = ${x} * factor + term;`
      : `${x} += dot4I8Packed(bitcast<u32>(${x}), params.bytes);`;
  const turn = Array.from({ length: STEPS_PER_TURN }, () => `    ${registers.map(step).join(' ')}`);
  const result = registers.join(' + ');
  return `
struct Params { turns: u32, factor: i32, term: i32, bytes: u32 }
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(${THREADS})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(local_invocation_id) thread: vec3u) {
${registers.map((x, index) => `  var ${x} = ${type}(thread.x + ${index}u);`).join('\n')}
  let factor = f32(params.factor);
  let term = f32(params.term);
  for (var turn = 0u; turn < params.turns; turn++) {
${turn.join('\n')}
  }
  out[id.x] = ${kernel === 'f32' ? result : `f32((${result}) & 0xffff)`};
}`;
}

/** What a thread of {@link peakWgsl} must write. */
export function peakResult(kernel: PeakKernel, thread: number, turns: number): number {
  const starts = Array.from({ length: REGISTERS }, (_, index) => thread + index);
  if (kernel === 'f32') return sum(starts);
  return sum(starts.map((start) => afterDots(start, turns * STEPS_PER_TURN))) & 0xffff;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => (a + b) | 0, 0);
}

function afterDots(start: number, steps: number): number {
  let x = start;
  for (let step = 0; step < steps; step++) {
    let dot = 0;
    for (const shift of [24, 16, 8, 0]) dot += ((x << shift) >> 24) * ((BYTES << shift) >> 24);
    x = (x + dot) | 0;
  }
  return x;
}
