import { fakeQuantize, INT4, MIN_AMAX } from '@nibble-ml/fp4-format';
import { normalFloats } from '@nibble-ml/testing';
import { describe, expect, it } from 'vitest';
import { SCALED_FORMATS } from '../../test/cases.ts';
import { attrsOf } from '../../test/run-ops.ts';
import type { ArrayOptions } from '../../test/run-ops.ts';
import { blockLayout } from './block-layout.ts';
import { blockScales } from './block-scales.ts';
import { ELEMENT_FORMATS } from './element-formats.ts';
import { questScale } from './quest-scale.ts';
import { fakeQuantizeReference } from './reference.ts';

function scalesOf(x: Float32Array, rows: number, cols: number, options: ArrayOptions): Float32Array {
  const attrs = attrsOf(options);
  return blockScales(x, rows, cols, blockLayout(attrs, rows, cols), attrs, options.clip);
}

describe('fakeQuantizeReference', () => {
  it('clips as fp4-format does', () => {
    const x = normalFloats(8 * 48, 4);
    const granularity = { block: 16 };
    const clip = Float32Array.of(0.5, 0.75, 0.9);
    expect(fakeQuantizeReference(x, 8, 48, attrsOf({ format: 'int4', granularity }), clip)).toEqual(
      fakeQuantize(x, 8, 48, { format: INT4, granularity, clip }),
    );
  });
  it('works down the columns as along the rows of the transpose', () => {
    const x = normalFloats(24 * 10, 4);
    const turned = x.map((_, i) => x[(i % 24) * 10 + Math.floor(i / 24)]!);
    for (const granularity of ['vector', { block: 8 }] as const) {
      const clip = granularity === 'vector' ? Float32Array.of(0.7) : Float32Array.of(0.7, 0.8, 0.9);
      const y = fakeQuantizeReference(x, 24, 10, attrsOf({ format: 'e2m1', granularity, axis: 0 }), clip);
      const rows = fakeQuantizeReference(turned, 10, 24, attrsOf({ format: 'e2m1', granularity }), clip);
      expect(y).toEqual(x.map((_, i) => rows[(i % 10) * 24 + Math.floor(i / 10)]!));
    }
  });
  it('multiplies scales by the headroom', () => {
    const x = normalFloats(4 * 32, 4);
    for (const scale of ['exact', 'e8m0Floor', 'e4m3', 'quest'] as const) {
      const options = { format: 'e2m1', granularity: { block: 32 }, scale } as const;
      const plain = scalesOf(x, 4, 32, options);
      const wide = scalesOf(x, 4, 32, { ...options, headroom: 4 / 3 });
      expect(wide).toEqual(plain.map((value) => value * Math.fround(4 / 3)));
    }
  });
  it.each(SCALED_FORMATS)('is unbiased for %s with stochastic rounding inside the range', (format) => {
    const { max, smallestPositive } = ELEMENT_FORMATS[format];
    // The first value fixes the scale at 1; the others lie between elements, but for the largest.
    const values = [0.3, 0.71, 1.13, 2.6, 0.999].map(
      (value) => value * Math.min(2, max / 3) + smallestPositive / 7,
    );
    const rows = 4000;
    const [row, { scaleTarget }] = [
      [-ELEMENT_FORMATS[format].scaleTarget, ...values],
      ELEMENT_FORMATS[format],
    ];
    const x = Float32Array.from({ length: rows * row.length }, (_, i) => row[i % row.length]!);
    const y = fakeQuantizeReference(
      x,
      rows,
      row.length,
      attrsOf({ format, rounding: 'stochastic', seed: 5 }),
    );
    for (const [col, value] of row.entries()) {
      const column = Array.from({ length: rows }, (_, i) => y[i * row.length + col]!);
      const mean = column.reduce((a, b) => a + b, 0) / rows;
      const levels = [...new Set(column)];
      const step = Math.max(...levels) - Math.min(...levels);
      // Four standard errors of a coin between two neighbours, at most.
      expect(Math.abs(mean - value), `${value}`).toBeLessThanOrEqual(
        (4 * step) / 2 / Math.sqrt(rows) + 1e-6 * scaleTarget,
      );
      expect(levels.length).toBe(col === 0 ? 1 : 2);
    }
  });
  it('draws other random bits with another seed', () => {
    const x = normalFloats(256, 1);
    const run = (seed: number): Float32Array =>
      fakeQuantizeReference(x, 4, 64, attrsOf({ format: 'e2m1', rounding: 'stochastic', seed }));
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });
});

describe('quest scales', () => {
  it('are the power of two below 2.92247856 / 6 of the root mean square', () => {
    for (let seed = 0; seed < 200; seed++) {
      const x = normalFloats(32, seed, 10 ** ((seed % 21) - 10));
      const [scale] = scalesOf(x, 1, 32, { format: 'e2m1', scale: 'quest' });
      const rms = Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / 32);
      expect(scale).toBe(2 ** Math.floor(Math.log2((2.92247856 / 6) * rms)));
    }
  });
  it('are 0 for zeros, and finite at the ends of float32', () => {
    const scaleOf = (value: number): number =>
      scalesOf(new Float32Array(16).fill(value), 1, 16, { format: 'e2m1', scale: 'quest' })[0]!;
    expect([0, 1e-45, 2 ** -51].map(scaleOf)).toEqual([0, 0, 0]);
    expect(scaleOf(2 ** -50)).toBe(2 ** -52);
    expect(scaleOf(3.4e38)).toBe(2 ** 43);
  });
  it('count more elements than a float32 can', () => {
    // The mean square is 4 less 2^-20 of itself, but for the count cut to 24 bits.
    const factor = (2.92247856 / 6) ** 2;
    expect(questScale(Math.fround((4 / factor) * 2 ** 27), 2 ** 27 + 1)).toBe(2);
    expect(questScale(Math.fround((3.99 / factor) * 2 ** 27), 2 ** 27 + 1)).toBe(1);
  });
});

it('a block below 2^-100 is zero, one at it is not', () => {
  const at = (amax: number): number => scalesOf(Float32Array.of(amax), 1, 1, { format: 'e2m1' })[0]!;
  expect(at(MIN_AMAX)).toBe(Math.fround(MIN_AMAX / 6));
  expect(at(MIN_AMAX * (1 - 2 ** -24))).toBe(0);
});
