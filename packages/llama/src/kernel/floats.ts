/**
 * Real numbers that the float64 references take: float32 as the backends hold them, or float64, so that a finite
 * difference of a reference is not drowned in rounding.
 */
export type Floats = Float32Array | Float64Array;
