import {
  EXP_GREATEST,
  EXP_LEAST,
  EXP_POLYNOMIAL,
  LN2_HIGH,
  LN2_LOW,
  LOG2_E,
  LOG_POLYNOMIAL,
  SQRT_HALF,
} from './f32-math.ts';

// WGSL's own exp and log may be off by several ulp, each device in its own way. These do the operations of
// f32-math.ts in its order, and have its bits where the device neither fuses a multiplication and an addition nor
// reorders them: software adapters do not; hardware may, and is then within rounding.

function literal(value: number): string {
  return `f32(${value})`;
}

/** The polynomial by Horner's rule in `variable`, one statement a step, of p. */
function horner(coefficients: readonly number[], variable: string): string {
  return coefficients
    .slice(1)
    .map((c) => `  p = p * ${variable} + ${literal(c)};`)
    .join('\n');
}

function expOf(name: string, float: string, int: string, uint: string): string {
  return `
fn ${name}(x: ${float}) -> ${float} {
  let clamped = clamp(x, ${float}(${literal(EXP_LEAST)}), ${float}(${literal(EXP_GREATEST)}));
  let n = round(clamped * ${literal(LOG2_E)});
  let r = (clamped - n * ${literal(LN2_HIGH)}) - n * ${literal(LN2_LOW)};
  var p = ${float}(${literal(EXP_POLYNOMIAL[0]!)});
${horner(EXP_POLYNOMIAL, 'r')}
  let power = bitcast<${float}>((${int}(n) + 127) << ${uint}(23u));
  return select(${float}(0.0), p * power, x >= ${float}(${literal(EXP_LEAST)}));
}`;
}

/** WGSL function `exp1(x: f32) -> f32` with the bits of `expF32`. */
export const EXP1_WGSL: string = expOf('exp1', 'f32', 'i32', 'u32');

/** WGSL function `exp2lanes(x: vec2f) -> vec2f` with the bits of `expF32`; `exp2` is WGSL's own. */
export const EXP2_WGSL: string = expOf('exp2lanes', 'vec2f', 'vec2i', 'vec2u');

/** WGSL function `exp4(x: vec4f) -> vec4f` with the bits of `expF32`. */
export const EXP4_WGSL: string = expOf('exp4', 'vec4f', 'vec4i', 'vec4u');

/** WGSL function `log1(x: f32) -> f32` with the bits of `logF32`. */
export const LOG1_WGSL: string = `
fn log1(x: f32) -> f32 {
  let bits = bitcast<u32>(x);
  var exponent = i32((bits >> 23u) & 255u) - 126;
  var m = bitcast<f32>((bits & 0x007fffffu) | 0x3f000000u);
  if (m < ${literal(SQRT_HALF)}) {
    exponent -= 1;
    m = m + m;
  }
  m = m - 1.0;
  let square = m * m;
  var p = ${literal(LOG_POLYNOMIAL[0]!)};
${horner(LOG_POLYNOMIAL, 'm')}
  let e = f32(exponent);
  let tail = ((m * square) * p + e * ${literal(LN2_LOW)}) - 0.5 * square;
  return (m + tail) + e * ${literal(LN2_HIGH)};
}`;
