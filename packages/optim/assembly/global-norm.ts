/** Sums of squares of the blocks of `x`; mirrors `src/global-norm/reference.ts`. `lanes` is 256 bytes of scratch. */
export function sumOfSquares(x: usize, size: i32, partials: usize, lanes: usize): void {
  for (let first: i32 = 0; first < size; first += 4096) {
    const count = min(4096, size - first);
    const sum = sumBlock(x + ((<usize>first) << 2), count, lanes);
    store<f32>(partials + ((<usize>(first >> 12)) << 2), sum);
  }
}

/** √ of the sum of the partial sums to `norm`, NaN unless it is finite. `lanes` is 256 bytes of scratch. */
export function normOfPartials(partials: usize, count: i32, norm: usize, lanes: usize): void {
  memory.fill(lanes, 0, 256);
  for (let i: i32 = 0; i < count; i++) {
    const lane = lanes + ((<usize>(i & 63)) << 2);
    store<f32>(lane, load<f32>(lane) + load<f32>(partials + ((<usize>i) << 2)));
  }
  const root = sqrt<f32>(addPairwise(lanes));
  store<f32>(norm, root <= f32.MAX_VALUE ? root : f32.NaN);
}

/** min(1, clipNorm / norm), 0 when the norm is not finite. */
export function clipFactor(norm: usize, clipNorm: f32, factor: usize): void {
  const value = load<f32>(norm);
  if (!(abs(value) <= f32.MAX_VALUE)) store<f32>(factor, 0);
  else store<f32>(factor, value <= clipNorm ? 1 : clipNorm / value);
}

function sumBlock(x: usize, count: i32, lanes: usize): f32 {
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
