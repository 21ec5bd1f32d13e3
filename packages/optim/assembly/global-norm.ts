/**
 * Statistics of the blocks of `x`; mirrors `src/global-norm/reference.ts`. `lanes` is 256 bytes of scratch.
 */
export function blockStatistics(x: usize, size: i32, sums: usize, magnitudes: usize, lanes: usize): void {
  for (let first: i32 = 0; first < size; first += 4096) {
    const count = min(4096, size - first);
    const block = (<usize>(first >> 12)) << 2;
    const start = x + ((<usize>first) << 2);
    store<f32>(sums + block, sumOfSquares(start, count, lanes));
    store<f32>(magnitudes + block, largestMagnitude(start, count));
  }
}

/**
 * √ of the sum of the sums of squares to `norm`, NaN unless it is finite; min(1, clipNorm / norm) to `factor`, 0 unless
 * the norm is finite. `lanes` is 256 bytes of scratch.
 */
export function clippedNorm(
  sums: usize,
  count: i32,
  clipNorm: f32,
  norm: usize,
  factor: usize,
  lanes: usize,
): void {
  memory.fill(lanes, 0, 256);
  for (let i: i32 = 0; i < count; i++) {
    const lane = lanes + ((<usize>(i & 63)) << 2);
    store<f32>(lane, load<f32>(lane) + load<f32>(sums + ((<usize>i) << 2)));
  }
  const root = sqrt<f32>(addPairwise(lanes));
  const finite = root <= f32.MAX_VALUE;
  store<f32>(norm, finite ? root : f32.NaN);
  if (!finite) store<f32>(factor, 0);
  else store<f32>(factor, root <= clipNorm ? 1 : clipNorm / root);
}

function largestMagnitude(x: usize, count: i32): f32 {
  const bytes = (<usize>count) << 2;
  const whole = bytes & ~31;
  // Magnitudes are ordered like their bits; two accumulators hide the latency.
  const mask = i32x4.splat(0x7fffffff);
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  let i: usize = 0;
  for (; i < whole; i += 32) {
    a = i32x4.max_s(a, v128.and(v128.load(x + i), mask));
    b = i32x4.max_s(b, v128.and(v128.load(x + i, 16), mask));
  }
  a = i32x4.max_s(a, b);
  let largest = max(
    max(i32x4.extract_lane(a, 0), i32x4.extract_lane(a, 1)),
    max(i32x4.extract_lane(a, 2), i32x4.extract_lane(a, 3)),
  );
  for (; i < bytes; i += 4) largest = max(largest, load<i32>(x + i) & 0x7fffffff);
  return reinterpret<f32>(largest);
}

function sumOfSquares(x: usize, count: i32, lanes: usize): f32 {
  memory.fill(lanes, 0, 256);
  const rows = count >> 6;
  const bytes = (<usize>rows) << 8;
  // Four vectors of lanes at a time hide the latency of the addition.
  for (let group: usize = 0; group < 256; group += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let i: usize = group; i < bytes; i += 256) {
      const x0 = v128.load(x + i);
      const x1 = v128.load(x + i, 16);
      const x2 = v128.load(x + i, 32);
      const x3 = v128.load(x + i, 48);
      a = f32x4.add(a, f32x4.mul(x0, x0));
      b = f32x4.add(b, f32x4.mul(x1, x1));
      c = f32x4.add(c, f32x4.mul(x2, x2));
      d = f32x4.add(d, f32x4.mul(x3, x3));
    }
    v128.store(lanes + group, a);
    v128.store(lanes + group, b, 16);
    v128.store(lanes + group, c, 32);
    v128.store(lanes + group, d, 48);
  }
  for (let i = rows << 6; i < count; i++) {
    const value = load<f32>(x + ((<usize>i) << 2));
    const lane = lanes + ((<usize>(i & 63)) << 2);
    store<f32>(lane, load<f32>(lane) + value * value);
  }
  return addPairwise(lanes);
}

function addPairwise(lanes: usize): f32 {
  for (let half: usize = 128; half >= 16; half >>= 1) {
    for (let lane: usize = 0; lane < half; lane += 16) {
      v128.store(lanes + lane, f32x4.add(v128.load(lanes + lane), v128.load(lanes + lane + half)));
    }
  }
  const a = load<f32>(lanes) + load<f32>(lanes, 8);
  const b = load<f32>(lanes, 4) + load<f32>(lanes, 12);
  return a + b;
}
