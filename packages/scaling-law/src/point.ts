/** A model trained on some text in some precision: the inputs of every law. */
export interface ScalingPoint {
  /** Non-embedding parameters, a raw count. */
  readonly N: number;
  /** Training tokens seen, a raw count. */
  readonly D: number;
  /**
   * Quantization group size, in elements that share one scale (per-channel: the hidden size). Left out for
   * high precision, where the quantization error is zero by definition.
   */
  readonly G?: number | undefined;
}

/** The inputs a law may depend on. */
export type ScalingInput = 'N' | 'D' | 'G';

/**
 * Throws unless `N` and `D` are positive and finite, and `G`, where given, is at least 1.
 *
 * @throws RangeError that names the caller, the input and its value.
 */
export function assertPoint(caller: string, point: ScalingPoint): void {
  for (const input of ['N', 'D'] as const) {
    const value = point[input];
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`${caller}: ${input} must be a positive number, but got ${value}`);
    }
  }
  if (point.G !== undefined && !(point.G >= 1 && Number.isFinite(point.G))) {
    throw new RangeError(
      `${caller}: G must be a group size of at least 1, but got ${point.G}; leave it out for high precision`,
    );
  }
}

/** Throws unless the point has a group size: the quantization error of a high-precision run is not a question. */
export function assertQuantizedPoint(caller: string, point: ScalingPoint): void {
  assertPoint(caller, point);
  if (point.G === undefined) {
    throw new RangeError(
      `${caller}: G must be given, but the point has none; pass the group size in elements`,
    );
  }
}
