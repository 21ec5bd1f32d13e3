import { EXP2_POLYNOMIAL, LOG2_POLYNOMIAL, SQRT_HALF_BITS } from './f32-power.ts';

// WGSL's own pow is log2 and exp2 of the device's accuracy. This one does the operations of f32-power.ts in its order,
// and has its bits where the device divides exactly and neither fuses a multiplication with an addition nor reorders
// them: software adapters do so; hardware may round otherwise.

function literal(value: number): string {
  return `f32(${value})`;
}

/** The steps of Horner's rule in `variable`, a multiplication and an addition each, after `sum` began. */
function horner(coefficients: readonly number[], variable: string): string {
  return coefficients
    .slice(1)
    .map((coefficient) => `  sum = sum * ${variable} + ${literal(coefficient)};`)
    .join('\n');
}

/** WGSL function `power(u: f32, y: f32) -> f32` with the bits of `powF32`. */
export const POWER_WGSL: string = `
fn logarithm(u: f32) -> f32 {
  let bits = bitcast<i32>(u);
  let exponent = (bits - ${SQRT_HALF_BITS}) >> 23u;
  let mantissa = bitcast<f32>(bits - (exponent << 23u));
  let s = (mantissa - 1.0) / (mantissa + 1.0);
  let s2 = s * s;
  var sum = ${literal(LOG2_POLYNOMIAL[0]!)};
${horner(LOG2_POLYNOMIAL, 's2')}
  return f32(exponent) + s * sum;
}

fn exponential(y: f32) -> f32 {
  let whole = round(y);
  let part = y - whole;
  var sum = ${literal(EXP2_POLYNOMIAL[0]!)};
${horner(EXP2_POLYNOMIAL, 'part')}
  return sum * bitcast<f32>((i32(whole) + 127) << 23u);
}

fn power(u: f32, y: f32) -> f32 {
  return exponential(y * logarithm(u));
}`;
