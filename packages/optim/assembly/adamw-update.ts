/** One AdamW update in place; see `src/adamw-update/reference.ts`, which this mirrors operation by operation. */
export function adamWUpdate(
  w: usize,
  m: usize,
  v: usize,
  gradient: usize,
  clipFactor: usize,
  size: i32,
  beta1: f32,
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  stepSize: f32,
  secondCorrection: f32,
  epsilon: f32,
  decay: f32,
): void {
  const factor = load<f32>(clipFactor);
  if (factor == 0) return;
  const bytes = (<usize>size) << 2;
  const whole = bytes & ~15;
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const g = f32x4.mul(f32x4.splat(factor), v128.load(gradient + i));
    const mNew = f32x4.add(
      f32x4.mul(f32x4.splat(beta1), v128.load(m + i)),
      f32x4.mul(f32x4.splat(oneMinusBeta1), g),
    );
    const vNew = f32x4.add(
      f32x4.mul(f32x4.splat(beta2), v128.load(v + i)),
      f32x4.mul(f32x4.splat(oneMinusBeta2), f32x4.mul(g, g)),
    );
    const denominator = f32x4.add(
      f32x4.sqrt(f32x4.mul(f32x4.splat(secondCorrection), vNew)),
      f32x4.splat(epsilon),
    );
    const step = f32x4.div(f32x4.mul(f32x4.splat(stepSize), mNew), denominator);
    v128.store(m + i, mNew);
    v128.store(v + i, vNew);
    const old = v128.load(w + i);
    v128.store(w + i, f32x4.sub(old, f32x4.add(f32x4.mul(f32x4.splat(decay), old), step)));
  }
  for (; i < bytes; i += 4) {
    const g = factor * load<f32>(gradient + i);
    const mNew = beta1 * load<f32>(m + i) + oneMinusBeta1 * g;
    const vNew = beta2 * load<f32>(v + i) + oneMinusBeta2 * (g * g);
    const denominator = sqrt<f32>(secondCorrection * vNew) + epsilon;
    const step = (stepSize * mNew) / denominator;
    store<f32>(m + i, mNew);
    store<f32>(v + i, vNew);
    const old = load<f32>(w + i);
    store<f32>(w + i, old - (decay * old + step));
  }
}
