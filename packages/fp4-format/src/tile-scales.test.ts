import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tileScales, untileScales } from './tile-scales.ts';

describe('tileScales', () => {
  it('follows the picture of cuBLAS: rows 0, 32, 64 and 96 share 16 bytes', () => {
    const codes = Uint8Array.from({ length: 128 * 4 }, (_, i) => Math.floor(i / 4));
    const tiled = tileScales(codes, 128, 4);
    const four = (row: number): number[] => [row, row, row, row];
    expect([...tiled.subarray(0, 20)]).toEqual([0, 32, 64, 96, 1].flatMap(four));
    expect([...tiled.subarray(496)]).toEqual([31, 63, 95, 127].flatMap(four));
    const byColumn = tileScales(
      Uint8Array.from(codes, (_, i) => i % 4),
      128,
      4,
    );
    expect([...byColumn.subarray(0, 8)]).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  it('puts tiles in row-major order and pads with zero', () => {
    const [rows, cols] = [130, 5];
    const tiled = tileScales(new Uint8Array(rows * cols).fill(9), rows, cols);
    expect(tiled).toHaveLength(2 * 2 * 512);
    const counts = [0, 1, 2, 3].map(
      (tile) => tiled.subarray(tile * 512, (tile + 1) * 512).filter((code) => code === 9).length,
    );
    expect(counts).toEqual([128 * 4, 128, 2 * 4, 2]);
    expect([tiled[512], tiled[513], tiled[1024], tiled[1024 + 16], tiled[1024 + 32]]).toEqual([
      9, 0, 9, 9, 0,
    ]);
  });

  it('is undone by untileScales', () => {
    fc.assert(
      fc.property(fc.nat({ max: 300 }), fc.nat({ max: 9 }), (rows, cols) => {
        const codes = Uint8Array.from({ length: rows * cols }, (_, i) => (i * 37) % 251);
        expect(untileScales(tileScales(codes, rows, cols), rows, cols)).toEqual(codes);
      }),
      { seed: 13, numRuns: 50 },
    );
  });

  it('refuses wrong sizes', () => {
    expect(() => tileScales(new Uint8Array(3), 2, 2)).toThrow(/scaleCodes must have 2 x 2 = 4 elements/);
    expect(() => untileScales(new Uint8Array(511), 1, 1)).toThrow(
      /tiled must have 512 bytes for \[1, 1\], but got 511/,
    );
    expect(() => untileScales(new Uint8Array(512), 0.5, 1)).toThrow(/rows must be a non-negative integer/);
  });
});
