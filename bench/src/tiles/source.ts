/** A register tile: the part of a matrix product that stays in registers while the sum runs. */
export interface Tile {
  /** `int8`: `i32x4.relaxed_dot_i8x16_i7x16_add_s`, four products to a lane; `f32`: `f32x4.relaxed_madd`. */
  readonly kind: 'int8' | 'f32';
  readonly rows: number;
  /** Columns, a multiple of 4: the lanes of a vector. */
  readonly cols: number;
  /** Steps of the sum in a turn of the loop. */
  readonly unroll: number;
}

/** `int8 6x8 unrolled 2`, and without "unrolled 1". */
export function tileName({ kind, rows, cols, unroll }: Tile): string {
  return `${kind} ${rows}x${cols}${unroll === 1 ? '' : ` unrolled ${unroll}`}`;
}

/** A name that AssemblyScript can export. */
export function tileExport({ kind, rows, cols, unroll }: Tile): string {
  return `${kind}_${rows}_${cols}_${unroll}`;
}

/**
 * AssemblyScript of a function `(x, w, steps, sums)` that adds `steps` steps, a multiple of `unroll`. A step reads four
 * bytes of x for each row and 16 of w for every four columns: of `int8` four neighbours of the sum, of `f32` one.
 */
export function tileSource(tile: Tile): string {
  const { kind, rows, cols, unroll } = tile;
  const vectors = range(cols / 4);
  const sums = range(rows).flatMap((r) => vectors.map((v) => `s${r}_${v}`));
  const [zero, load, multiply] =
    kind === 'int8'
      ? ['i32x4.splat(0)', 'v128.load_splat<i32>', 'i32x4.relaxed_dot_i8x16_i7x16_add_s']
      : ['f32x4.splat(0)', 'v128.load_splat<f32>', 'f32x4.relaxed_madd'];
  const step = (u: number): string[] => [
    ...vectors.map((v) => `    const w${u}_${v} = v128.load(w, ${(u * vectors.length + v) * 16});`),
    ...range(rows).map(
      (r) =>
        `    const x${u}_${r} = ${load}(x, ${(u * rows + r) * 4});` +
        vectors.map((v) => ` s${r}_${v} = ${multiply}(x${u}_${r}, w${u}_${v}, s${r}_${v});`).join(''),
    ),
  ];
  return `
export function ${tileExport(tile)}(x: usize, w: usize, steps: usize, sums: usize): void {
${sums.map((sum) => `  let ${sum} = ${zero};`).join('\n')}
  const end = w + steps * ${4 * cols};
  for (; w < end; w += ${4 * cols * unroll}, x += ${4 * rows * unroll}) {
${range(unroll).flatMap(step).join('\n')}
  }
${sums.map((sum, i) => `  v128.store(sums, ${sum}, ${16 * i});`).join('\n')}
}
`;
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}
