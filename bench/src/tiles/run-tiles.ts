import { seededRandom } from '@nibble-ml/testing';
import type { Effort } from '../contest/run-contest.ts';
import type { BenchRow } from '../report.ts';
import { timeInTurns } from '../time-in-turns.ts';
import { compileTiles } from './compile.ts';
import type { TileFunction } from './compile.ts';
import { tileName } from './source.ts';
import type { Tile } from './source.ts';

const shapes = [
  [4, 8, 1],
  [6, 8, 1],
  [6, 8, 2],
  [6, 8, 4],
  [8, 8, 1],
  [4, 12, 1],
  [4, 12, 2],
  [12, 4, 1],
  [3, 16, 1],
  [3, 16, 2],
] as const;

/** Tiles that fit, or nearly fit, 16 vector registers. */
const tiles: readonly Tile[] = (['int8', 'f32'] as const).flatMap((kind) =>
  shapes.map(([rows, cols, unroll]) => ({ kind, rows, cols, unroll })),
);

const steps = 256;
const [sumsAt, xAt, wAt] = [0, 65_536, 131_072];

/**
 * Times register tiles of matrix products in WebAssembly on panels that lie in the first-level cache: what the fastest
 * loop could be, without packing, decoding and storing.
 *
 * @throws Error when a tile adds up to something else than the same sum in JavaScript
 */
export async function runTiles(effort: Effort, progress: (text: string) => void): Promise<BenchRow[]> {
  progress('cpu tiles');
  const memory = new WebAssembly.Memory({ initial: 4 });
  const functions = await compileTiles(tiles, memory);
  for (const [i, tile] of tiles.entries()) verify(tile, functions[i]!, memory);
  const summaries = timeInTurns(
    functions.map((tile) => () => tile(xAt, wAt, steps, sumsAt)),
    effort,
  );
  return tiles.map((tile, i): BenchRow => {
    const { kind, rows, cols } = tile;
    const times = summaries[i]!;
    const depth = kind === 'int8' ? 4 * steps : steps;
    return {
      backend: 'cpu',
      op: `tiles.${kind}`,
      shape: [],
      impl: 'nibble',
      variant: tileName(tile),
      exact: true,
      msMin: times.min,
      msMedian: times.median,
      msMax: times.max,
      gflops: (2 * rows * cols * depth) / times.median / 1e6,
    };
  });
}

/** Small integers, so that float32 sums are exact as well; the second operand of the dot product is 0 to 127. */
function verify(tile: Tile, compute: TileFunction, memory: WebAssembly.Memory): void {
  const { kind, rows, cols } = tile;
  const random = seededRandom(rows * 100 + cols);
  const [depth, View, Sum] =
    kind === 'int8' ? [4, Int8Array, Int32Array] : ([1, Float32Array, Float32Array] as const);
  const x = new View(memory.buffer, xAt, steps * rows * depth);
  const w = new View(memory.buffer, wAt, steps * cols * depth);
  for (let i = 0; i < x.length; i++) x[i] = Math.floor(random() * 255) - 127;
  for (let i = 0; i < w.length; i++) w[i] = Math.floor(random() * 25);
  compute(xAt, wAt, steps, sumsAt);
  const sums = new Sum(memory.buffer, sumsAt, rows * cols);
  for (let i = 0; i < sums.length; i++) {
    const [row, col] = [Math.floor(i / cols), i % cols];
    let expected = 0;
    for (let step = 0; step < steps; step++) {
      for (let d = 0; d < depth; d++) {
        expected += x[(step * rows + row) * depth + d]! * w[(step * cols + col) * depth + d]!;
      }
    }
    if (sums[i] !== expected) {
      throw new Error(`runTiles: sum ${i} of ${tileName(tile)} must be ${expected}, but got ${sums[i]}`);
    }
  }
}
