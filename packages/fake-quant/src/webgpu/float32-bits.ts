/** The bits of the float32 nearest to x, as an unsigned integer. */
export function float32Bits(x: number): number {
  return new Uint32Array(Float32Array.of(x).buffer)[0]!;
}
