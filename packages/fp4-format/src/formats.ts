import { defineElementFormat, type ElementFormat } from './element-format.ts';

/** FP4 with values ±{0, .5, 1, 1.5, 2, 3, 4, 6} (OCP MX v1.0 section 5.3.3; arXiv 2501.17116, appendix A). */
export const E2M1: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e2m1',
  bits: 4,
  encoding: 'float',
  exponentBits: 2,
  mantissaBits: 1,
  bias: 1,
  specials: 'none',
});

/** FP4 with values ±{0, .5, 1, 1.5, 2, 2.5, 3, 3.5} (arXiv 2501.17116, table 4). */
export const E1M2: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e1m2',
  bits: 4,
  encoding: 'float',
  exponentBits: 1,
  mantissaBits: 2,
  bias: 0,
  specials: 'none',
});

/** FP4 with values ±{0, .25, .5, 1, 2, 4, 8, 16} (arXiv 2501.17116, table 4). */
export const E3M0: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e3m0',
  bits: 4,
  encoding: 'float',
  exponentBits: 3,
  mantissaBits: 0,
  bias: 3,
  specials: 'none',
});

/** Integers from -8 to 7 in two's complement; the largest magnitude is scaled to 8 (arXiv 2505.14302, appendix E). */
export const INT4: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'int4',
  bits: 4,
  encoding: 'integer',
  exponentBits: 0,
  mantissaBits: 3,
  bias: 0,
  specials: 'none',
});

/** Integers from -128 to 127 in two's complement; as in {@link INT4} the largest magnitude is scaled to 128. */
export const INT8: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'int8',
  bits: 8,
  encoding: 'integer',
  exponentBits: 0,
  mantissaBits: 7,
  bias: 0,
  specials: 'none',
});

/** FP8 with maximum 448, NaN 0x7f and 0xff, and no infinity (OCP OFP8 v1.0, "E4M3"; `float8_e4m3fn`). */
export const E4M3: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e4m3',
  bits: 8,
  encoding: 'float',
  exponentBits: 4,
  mantissaBits: 3,
  bias: 7,
  specials: 'nan',
});

/** FP8 with maximum 57344, infinities and NaN as in IEEE 754 (OCP OFP8 v1.0, "E5M2"). */
export const E5M2: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e5m2',
  bits: 8,
  encoding: 'float',
  exponentBits: 5,
  mantissaBits: 2,
  bias: 15,
  specials: 'ieee',
});

/** Powers of two from 2^-127 to 2^127 for block scales; code 255 is NaN; there is no zero (OCP MX v1.0 section 5.4.1). */
export const E8M0: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'e8m0',
  bits: 8,
  encoding: 'exponent',
  exponentBits: 8,
  mantissaBits: 0,
  bias: 127,
  specials: 'nan',
});

/** bfloat16: the upper half of a float32. */
export const BF16: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'bf16',
  bits: 16,
  encoding: 'float',
  exponentBits: 8,
  mantissaBits: 7,
  bias: 127,
  specials: 'ieee',
});

/** IEEE 754 binary16, maximum 65504. */
export const F16: ElementFormat = /* @__PURE__ */ defineElementFormat({
  name: 'f16',
  bits: 16,
  encoding: 'float',
  exponentBits: 5,
  mantissaBits: 10,
  bias: 15,
  specials: 'ieee',
});
