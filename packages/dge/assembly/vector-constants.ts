// Vector constants as variables that the module sets when it starts: V8 makes a vector constant anew, in several
// instructions, each time it is used, but loads a variable with one.

function splatted(value: f32): v128 {
  return f32x4.splat(value);
}

function splattedBits(value: i32): v128 {
  return i32x4.splat(value);
}

export const ZERO4 = splatted(0);
export const ONE4 = splatted(1);
export const TWO4 = splatted(2);
export const THREE4 = splatted(3);
export const FOUR4 = splatted(4);
/** The least normal float32. */
export const LEAST_NORMAL4 = splatted(1.1754943508222875e-38);

/** The coefficients `LOG2_POLYNOMIAL` and `EXP2_POLYNOMIAL` of src/power/f32-power.ts, in their order. */
export const LOG2_0 = splatted(0.3205988979753252);
export const LOG2_1 = splatted(0.4121985831111324);
export const LOG2_2 = splatted(0.5770780163555854);
export const LOG2_3 = splatted(0.9617966939259756);
export const LOG2_4 = splatted(2.8853900817779268);
export const EXP2_0 = splatted(1.525273380405984e-5);
export const EXP2_1 = splatted(1.540353039338161e-4);
export const EXP2_2 = splatted(1.3333558146428443e-3);
export const EXP2_3 = splatted(9.618129107628477e-3);
export const EXP2_4 = splatted(5.550410866482158e-2);
export const EXP2_5 = splatted(0.24022650695910072);
export const EXP2_6 = splatted(0.6931471805599453);
export const EXP2_7 = splatted(1);

/** All bits but the sign of a float32. */
export const MAGNITUDE4 = splattedBits(0x7fffffff);
/** The bit that 3 has and 2 lacks. */
export const THREE_LESS_TWO4 = splattedBits(0x00400000);
/** Bits of the square root of 1/2. */
export const SQRT_HALF4 = splattedBits(0x3f3504f3);
/** 1.5 * 2^23. */
export const ROUND_TO_INTEGER4 = splatted(12582912);
export const EXPONENT_BIAS4 = splattedBits(127);
