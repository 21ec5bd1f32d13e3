import { expect, it } from 'vitest';
import { packGgufNvfp4, unpackGgufNvfp4 } from './gguf-nvfp4.ts';
import { dequantize, quantize } from './quantize.ts';
import { randomBits } from './random-bits.ts';
import { repeatBlockRows } from './repeat-block-rows.ts';

const x = Float32Array.from(randomBits(40 * 64, 23), (word, i) => (word / 2 ** 31 - 1) * 2 ** (i % 7));

it('repeats the scales of tiles, also of those cut off below, and changes no value', () => {
  const tiles = quantize(x, 40, 64, { granularity: { block: [16, 16] }, scale: 'e4m3' });
  const rows = repeatBlockRows(tiles);
  expect(rows.granularity).toEqual({ block: 16 });
  expect([tiles.scales.length, rows.scales.length, rows.scaleCodes!.length]).toEqual([12, 160, 160]);
  expect([...rows.scaleCodes!.subarray(36 * 4)]).toEqual(
    Array.from({ length: 4 }, () => [...tiles.scaleCodes!.subarray(8)]).flat(),
  );
  expect(dequantize(rows)).toEqual(dequantize(tiles));
  expect(dequantize(unpackGgufNvfp4(packGgufNvfp4(rows), 40, 64, tiles.tensorScale))).toEqual(
    dequantize(tiles),
  );
});

it('repeats clip factors as it does scales', () => {
  const tiles = quantize(x, 40, 64, { granularity: { block: [16, 32] }, clip: 'mse' });
  const { clipFactors, scales } = repeatBlockRows(tiles);
  const factorOf = new Map([...tiles.scales].map((scale, i) => [scale, tiles.clipFactors![i]]));
  expect(factorOf.size).toBe(6);
  expect([...clipFactors!]).toEqual([...scales].map((scale) => factorOf.get(scale)));
});

it('leaves blocks along rows, and scales without codes, as they are', () => {
  const blocks = quantize(x, 40, 64, { granularity: { block: 32 } });
  expect(repeatBlockRows(blocks)).toBe(blocks);
  const tiles = quantize(x, 40, 64, { granularity: { block: [8, 32] } });
  expect(repeatBlockRows(tiles)).not.toHaveProperty('scaleCodes');
  expect(dequantize(repeatBlockRows(tiles))).toEqual(dequantize(tiles));
  expect(() => repeatBlockRows(quantize(x, 40, 64))).toThrow(
    'repeatBlockRows: granularity must be blocks, but got "vector"',
  );
});
