import { loadSome, storeSome, sumLanes } from './simd';

// Mirrors src/rms-norm/f32-order.ts operation by operation.

function inverseRmsOf(row: usize, width: i32, inverseWidth: f32, eps: f32): f32 {
  let squares = f32x4.splat(0);
  for (let d = 0; d < width; d += 4) {
    const x = loadSome(row + (d << 2), width - d);
    squares = f32x4.add(squares, f32x4.mul(x, x));
  }
  const mean = sumLanes(squares) * inverseWidth;
  return <f32>1 / sqrt<f32>(mean + eps);
}

/** inverseRms[m] = 1 / sqrt(mean(x[m]²) + eps) and y[m,d] = x[m,d] · inverseRms[m] · gain[d]. */
export function rmsNorm(
  y: usize,
  inverseRms: usize,
  x: usize,
  gain: usize,
  rows: i32,
  width: i32,
  eps: f32,
): void {
  const inverseWidth = <f32>1 / <f32>width;
  for (let m = 0; m < rows; m++) {
    const row = (<usize>m * width) << 2;
    const inverse = inverseRmsOf(x + row, width, inverseWidth, eps);
    store<f32>(inverseRms + (m << 2), inverse);
    const r = f32x4.splat(inverse);
    for (let d = 0; d < width; d += 4) {
      const at = d << 2;
      const scaled = f32x4.mul(loadSome(x + row + at, width - d), r);
      storeSome(y + row + at, f32x4.mul(scaled, loadSome(gain + at, width - d)), width - d);
    }
  }
}

/** sum = x + delta and its norm y. */
export function residualRmsNorm(
  sum: usize,
  y: usize,
  inverseRms: usize,
  x: usize,
  delta: usize,
  gain: usize,
  rows: i32,
  width: i32,
  eps: f32,
): void {
  const bytes = <usize>width << 2;
  for (let m = 0; m < rows; m++) {
    for (let d = 0; d < width; d += 4) {
      const at = d << 2;
      const left = width - d;
      storeSome(sum + at, f32x4.add(loadSome(x + at, left), loadSome(delta + at, left)), left);
    }
    rmsNorm(y, inverseRms, sum, gain, 1, width, eps);
    inverseRms += 4;
    sum += bytes;
    y += bytes;
    x += bytes;
    delta += bytes;
  }
}

/** Gradients, `dSum` added to that of x unless it is 0; the gain's in partial sums of `chunk` rows. `partial` is scratch of `width` values. */
export function rmsNormGrad(
  dx: usize,
  dgain: usize,
  partial: usize,
  dy: usize,
  dSum: usize,
  x: usize,
  gain: usize,
  inverseRms: usize,
  rows: i32,
  width: i32,
  chunk: i32,
): void {
  const inverseWidth = <f32>1 / <f32>width;
  memory.fill(dgain, 0, (<usize>width) << 2);
  for (let first = 0; first < rows; first += chunk) {
    memory.fill(partial, 0, (<usize>width) << 2);
    for (let m = first; m < min(first + chunk, rows); m++) {
      const row = (<usize>m * width) << 2;
      const r = load<f32>(inverseRms + (m << 2));
      gradRow(dx + row, partial, dy + row, x + row, gain, width, inverseWidth, r);
      if (dSum !== 0) addRow(dx + row, dSum + row, width);
    }
    for (let d = 0; d < width; d++) {
      const at = d << 2;
      store<f32>(dgain + at, load<f32>(dgain + at) + load<f32>(partial + at));
    }
  }
}

/** to += values. */
function addRow(to: usize, values: usize, width: i32): void {
  for (let d = 0; d < width; d += 4) {
    const at = d << 2;
    const left = width - d;
    storeSome(to + at, f32x4.add(loadSome(to + at, left), loadSome(values + at, left)), left);
  }
}

function gradRow(
  dx: usize,
  partial: usize,
  dy: usize,
  x: usize,
  gain: usize,
  width: i32,
  inverseWidth: f32,
  r: f32,
): void {
  let dots = f32x4.splat(0);
  for (let d = 0; d < width; d += 4) {
    const at = d << 2;
    const pulled = f32x4.mul(loadSome(dy + at, width - d), loadSome(gain + at, width - d));
    dots = f32x4.add(dots, f32x4.mul(pulled, loadSome(x + at, width - d)));
  }
  const mean = sumLanes(dots) * inverseWidth;
  const pull = f32x4.splat(mean * r * r * r);
  const scale = f32x4.splat(r);
  for (let d = 0; d < width; d += 4) {
    const at = d << 2;
    const left = width - d;
    const dyValues = loadSome(dy + at, left);
    const xValues = loadSome(x + at, left);
    const straight = f32x4.mul(f32x4.mul(dyValues, loadSome(gain + at, left)), scale);
    storeSome(dx + at, f32x4.sub(straight, f32x4.mul(xValues, pull)), left);
    const dgain = f32x4.mul(f32x4.mul(dyValues, xValues), scale);
    storeSome(partial + at, f32x4.add(loadSome(partial + at, left), dgain), left);
  }
}
