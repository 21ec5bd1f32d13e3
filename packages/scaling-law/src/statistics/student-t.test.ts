import { describe, expect, it } from 'vitest';
import { studentCdf, studentQuantile } from './student-t.ts';

describe('studentQuantile', () => {
  // Printed in any table of the t distribution.
  it.each([
    [1, 12.7062],
    [2, 4.30265],
    [3, 3.18245],
    [4, 2.77645],
    [5, 2.57058],
    [9, 2.26216],
    [10, 2.22814],
    [30, 2.04227],
  ])('at 97.5 % with %i degrees of freedom is %f', (degrees, value) => {
    expect(studentQuantile(0.975, degrees)).toBeCloseTo(value, 4);
    expect(studentQuantile(0.025, degrees)).toBeCloseTo(-value, 4);
    expect(studentCdf(value, degrees)).toBeCloseTo(0.975, 5);
  });

  it('refuses what has no quantile', () => {
    expect(() => studentQuantile(1, 2)).toThrow(/below 1, but got 1/);
    expect(() => studentQuantile(0.9, 0)).toThrow(/positive whole number, but got 0/);
    expect(() => studentCdf(NaN, 2)).toThrow(/finite, but got NaN/);
  });

  it.each([
    [1, 0.975, 12.706204736],
    [2, 0.95, 2.91998558],
    [15, 0.975, 2.131449546],
    [30, 0.005, -2.749995654],
  ])('with %i degrees of freedom at %d is %d', (degrees, probability, quantile) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(quantile, 7);
    expect(studentCdf(quantile, degrees)).toBeCloseTo(probability, 9);
  });
});
