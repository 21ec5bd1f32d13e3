/** y[i] += value * x[i] for i in [0, size), multiplied, then added. */
export function addScaled(y: usize, x: usize, value: f32, size: i32): void {
  const factor = f32x4.splat(value);
  const end = y + ((<usize>size) << 2);
  for (; y + 16 <= end; y += 16, x += 16) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(factor, v128.load(x))));
  }
  for (; y < end; y += 4, x += 4) store<f32>(y, load<f32>(y) + value * load<f32>(x));
}
