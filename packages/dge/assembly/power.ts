// Powers of four positive floats at once, as exp2(y * log2(u)), by the operations of src/power/f32-power.ts in its
// order: the same bits.

/**
 * u^y for normal positive u and |y * log2(u)| < 126, within 6e-6 relative. y = 0 gives 1 exactly.
 */
export function pow(u: v128, y: v128): v128 {
  return exp2(f32x4.mul(y, log2(u)));
}

function log2(u: v128): v128 {
  // 0x3f3504f3 is sqrt(1/2): the mantissa lies in [sqrt(1/2), sqrt(2)), so that the series converges fast.
  const exponent = i32x4.shr_s(i32x4.sub(u, i32x4.splat(0x3f3504f3)), 23);
  const mantissa = i32x4.sub(u, i32x4.shl(exponent, 23));
  const one = f32x4.splat(1);
  // log2(m) = 2/ln2 * atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716: the first term left out is 2e-9 of the sum.
  const s = f32x4.div(f32x4.sub(mantissa, one), f32x4.add(mantissa, one));
  const s2 = f32x4.mul(s, s);
  let series = f32x4.splat(0.3205988979753252);
  series = f32x4.add(f32x4.mul(series, s2), f32x4.splat(0.4121985831111324));
  series = f32x4.add(f32x4.mul(series, s2), f32x4.splat(0.5770780163555854));
  series = f32x4.add(f32x4.mul(series, s2), f32x4.splat(0.9617966939259756));
  series = f32x4.add(f32x4.mul(series, s2), f32x4.splat(2.8853900817779268));
  return f32x4.add(f32x4.convert_i32x4_s(exponent), f32x4.mul(s, series));
}

function exp2(y: v128): v128 {
  // Adding 1.5 * 2^23 rounds y to an integer, which then lies in the low bits.
  const shifter = f32x4.splat(12582912);
  const shifted = f32x4.add(y, shifter);
  const whole = f32x4.sub(shifted, shifter);
  const part = f32x4.sub(y, whole);
  // Taylor series, ln(2)^i / i!, on [-1/2, 1/2]: the first term left out is below 6e-9.
  let series = f32x4.splat(1.525273380405984e-5);
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(1.540353039338161e-4));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(1.3333558146428443e-3));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(9.618129107628477e-3));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(5.550410866482158e-2));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(0.24022650695910072));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(0.6931471805599453));
  series = f32x4.add(f32x4.mul(series, part), f32x4.splat(1));
  const powerOfTwo = i32x4.shl(i32x4.add(shifted, i32x4.splat(127)), 23);
  return f32x4.mul(series, powerOfTwo);
}
