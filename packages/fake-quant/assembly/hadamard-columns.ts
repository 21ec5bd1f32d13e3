/**
 * Two steps of butterflies on `size` vectors, over distances `half` and 2 `half`, times `factor`. The bits of `flips` change
 * signs on the way in, those of `flipsOut` on the way out.
 */
export function butterflies4(
  from: usize,
  fromStride: usize,
  to: usize,
  toStride: usize,
  size: usize,
  half: usize,
  flips: usize,
  flipsOut: usize,
  factor: v128,
): void {
  for (let start: usize = 0; start < size; start += half << 2) {
    for (let i = start; i < start + half; i++) {
      const i1 = i + half;
      const i2 = i1 + half;
      const i3 = i2 + half;
      const x0 = v128.xor(v128.load(from + i * fromStride), v128.load32_splat(flips + (i << 2)));
      const x1 = v128.xor(v128.load(from + i1 * fromStride), v128.load32_splat(flips + (i1 << 2)));
      const x2 = v128.xor(v128.load(from + i2 * fromStride), v128.load32_splat(flips + (i2 << 2)));
      const x3 = v128.xor(v128.load(from + i3 * fromStride), v128.load32_splat(flips + (i3 << 2)));
      const a0 = f32x4.add(x0, x1);
      const a1 = f32x4.sub(x0, x1);
      const a2 = f32x4.add(x2, x3);
      const a3 = f32x4.sub(x2, x3);
      store4(to + i * toStride, f32x4.add(a0, a2), factor, flipsOut + (i << 2));
      store4(to + i1 * toStride, f32x4.add(a1, a3), factor, flipsOut + (i1 << 2));
      store4(to + i2 * toStride, f32x4.sub(a0, a2), factor, flipsOut + (i2 << 2));
      store4(to + i3 * toStride, f32x4.sub(a1, a3), factor, flipsOut + (i3 << 2));
    }
  }
}

/** The last step on `size` vectors, over half of them, times `factor`. */
export function butterflies2(
  from: usize,
  to: usize,
  toStride: usize,
  size: usize,
  flipsOut: usize,
  factor: v128,
): void {
  const half = size >> 1;
  for (let i: usize = 0; i < half; i++) {
    const j = i + half;
    const x0 = v128.load(from + (i << 4));
    const x1 = v128.load(from + (j << 4));
    store4(to + i * toStride, f32x4.add(x0, x1), factor, flipsOut + (i << 2));
    store4(to + j * toStride, f32x4.sub(x0, x1), factor, flipsOut + (j << 2));
  }
}

@inline
function store4(to: usize, values: v128, factor: v128, flip: usize): void {
  v128.store(to, v128.xor(f32x4.mul(values, factor), v128.load32_splat(flip)));
}
