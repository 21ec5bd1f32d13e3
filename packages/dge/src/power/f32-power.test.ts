import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXP2_POLYNOMIAL, LOG2_POLYNOMIAL, powF32 } from './f32-power.ts';

const EXPONENTS = [1, 1.5, 2, 3, 5, 7.3, 10, 1e9].map((k) => Math.fround(1 / k - 1));

/** Positive float32 values, `perOctave` from each power of two to the next. */
function octaves(least: number, greatest: number, perOctave: number): Float32Array {
  return Float32Array.from(
    { length: (greatest - least) * perOctave },
    (_, i) => 2 ** (least + Math.floor(i / perOctave)) * (1 + (i % perOctave) / perOctave),
  );
}

function worstError(us: Float32Array, y: number): number {
  return us.reduce((worst, u) => Math.max(worst, Math.abs(powF32(u, y) / u ** y - 1)), 0);
}

describe('powF32', () => {
  it.each(EXPONENTS)('is within 1.5e-6 where applyDge needs it, from 2^-25 to 1, to the power %f', (y) => {
    expect(worstError(octaves(-25, 0, 1009), y)).toBeLessThan(1.5e-6);
  });
  it.each(EXPONENTS)('is within 6e-6 over the whole range, to the power %f', (y) => {
    expect(worstError(octaves(-125, 101, 101), y)).toBeLessThan(6e-6);
  });
  it('is exactly 1 to the power 0, and for u = 1', () => {
    expect(octaves(-126, 127, 7).every((u) => powF32(u, 0) === 1)).toBe(true);
    expect(EXPONENTS.every((y) => powF32(1, y) === 1)).toBe(true);
  });
  it('has the coefficients of the assembly, to the last bit', () => {
    // Those of high powers matter too rarely for a comparison of results to notice a wrong last digit.
    const source = readFileSync(new URL('../../assembly/vector-constants.ts', import.meta.url), 'utf8');
    const literals = Array.from(source.matchAll(/(?:LOG2|EXP2)_\d = splatted\(([-\d.e]+)\)/g), ([, text]) =>
      Math.fround(Number(text)),
    );
    expect(literals).toEqual([...LOG2_POLYNOMIAL, ...EXP2_POLYNOMIAL]);
  });
});
