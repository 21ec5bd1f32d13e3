/** Rotates the first `heads` heads of each row by the angles of its position; the rest passes. `out` may be `qkv`. */
export function rope(
  out: usize,
  qkv: usize,
  table: usize,
  rows: i32,
  width: i32,
  heads: i32,
  headDim: i32,
  context: i32,
  offset: i32,
  direction: f32,
): void {
  const half = headDim >> 1;
  const sign = f32x4.splat(direction);
  for (let m = 0; m < rows; m++) {
    const row = (<usize>m * width) << 2;
    const cosines = table + ((<usize>(offset + (m % context)) * headDim) << 2);
    const sines = cosines + ((<usize>half) << 2);
    for (let head = 0; head < heads; head++) {
      const low = row + ((<usize>head * headDim) << 2);
      const high = low + ((<usize>half) << 2);
      let i = 0;
      for (; i + 4 <= half; i += 4) {
        const at = i << 2;
        const cos = v128.load(cosines + at);
        const sin = f32x4.mul(v128.load(sines + at), sign);
        const a = v128.load(qkv + low + at);
        const b = v128.load(qkv + high + at);
        v128.store(out + low + at, f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
        v128.store(out + high + at, f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)));
      }
      for (; i < half; i++) {
        const at = i << 2;
        const cos = load<f32>(cosines + at);
        const sin = load<f32>(sines + at) * direction;
        const a = load<f32>(qkv + low + at);
        const b = load<f32>(qkv + high + at);
        store<f32>(out + low + at, a * cos - b * sin);
        store<f32>(out + high + at, b * cos + a * sin);
      }
    }
    if (out === qkv) continue;
    const passed = row + ((<usize>heads * headDim) << 2);
    memory.copy(out + passed, qkv + passed, (<usize>(width - heads * headDim)) << 2);
  }
}
