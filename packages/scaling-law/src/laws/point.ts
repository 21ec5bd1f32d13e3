import { bitsOfPrecision } from './precision-bits.ts';

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
  /** Name of the precision, such as `w4a16`; needed by laws with a parameter per precision or with bits. */
  readonly precision?: string | undefined;
}

/** The inputs a law may depend on. `Pw`, `Pa` and `Pkv` are the bits of weights, activations and the KV cache. */
export type ScalingInput = 'N' | 'D' | 'G' | 'Pw' | 'Pa' | 'Pkv';

/** The names of all inputs. */
const scalingInputs: readonly ScalingInput[] = ['N', 'D', 'G', 'Pw', 'Pa', 'Pkv'];

/** Whether a name is an input, and so no parameter. */
export function isScalingInput(name: string): name is ScalingInput {
  return (scalingInputs as readonly string[]).includes(name);
}

/** Whether the point has an error of quantization: at `G = 1` every element has its own scale, and none is left. */
export function isQuantizedPoint({ G }: ScalingPoint): boolean {
  return G !== undefined && G !== 1;
}

/** The value of an input at a point; `G` is 1 in high precision. */
export function inputValue(input: ScalingInput, point: ScalingPoint): number {
  if (input === 'G') return point.G ?? 1;
  if (input === 'N' || input === 'D') return point[input];
  return bitsOfPrecision(point.precision)[input];
}

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
