/** Bits of the weights, the activations and the KV cache, the inputs of Kumar et al. (arXiv 2411.04330). */
export interface PrecisionBits {
  /** Bits of a weight. */
  readonly Pw: number;
  /** Bits of an activation. */
  readonly Pa: number;
  /** Bits of an element of the KV cache. */
  readonly Pkv: number;
}

/** Precisions that count as unquantized, lower case. */
export const highPrecisions: readonly string[] = ['f32', 'fp32', 'bf16', 'f16', 'fp16'];

/** Whether a precision is one of {@link highPrecisions}. */
export function isHighPrecision(precision: string): boolean {
  return highPrecisions.includes(precision.toLowerCase());
}

/**
 * The bits in the name of a precision: `w4a16` is 4 and 16, `w4a4kv8` has an 8-bit cache (else 16), `f32` and `bf16`
 * are 32 and 16 throughout, `int4-g32` and `fp4` are 4 and 4.
 *
 * @throws RangeError for a name that does not say.
 */
export function bitsOfPrecision(precision: string | undefined): PrecisionBits {
  const name = (precision ?? '').toLowerCase();
  const both = /^w(\d+)a(\d+)(?:kv(\d+))?/.exec(name);
  if (both !== null) return { Pw: Number(both[1]), Pa: Number(both[2]), Pkv: Number(both[3] ?? 16) };
  const one = /^(?:int|fp|f|bf|mxfp|nvfp)(\d+)/.exec(name);
  if (one !== null) {
    const bits = Number(one[1]);
    return { Pw: bits, Pa: bits, Pkv: isHighPrecision(name) ? bits : 16 };
  }
  throw new RangeError(
    `bitsOfPrecision: the name of the precision must say its bits, such as w4a16, fp4 or bf16, but got ${precision}`,
  );
}
