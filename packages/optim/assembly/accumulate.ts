/** sum ← x when `replace` is not 0, else sum ← sum + x. */
export function accumulate(sum: usize, x: usize, size: i32, replace: i32): void {
  if (replace != 0) {
    memory.copy(sum, x, (<usize>size) << 2);
    return;
  }
  const bytes = (<usize>size) << 2;
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.load(x + i)));
  for (; i < bytes; i += 4) store<f32>(sum + i, load<f32>(sum + i) + load<f32>(x + i));
}

/** x ← factor · x. */
export function scaleInPlace(x: usize, size: i32, factor: f32): void {
  const bytes = (<usize>size) << 2;
  const whole = bytes & ~15;
  const factors = f32x4.splat(factor);
  let i: usize = 0;
  for (; i < whole; i += 16) v128.store(x + i, f32x4.mul(v128.load(x + i), factors));
  for (; i < bytes; i += 4) store<f32>(x + i, load<f32>(x + i) * factor);
}
