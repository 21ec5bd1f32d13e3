import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CompiledExpression } from './compile-expression.ts';
import { evaluateExpression } from './evaluate-expression.ts';
import { namesIn } from './expression.ts';
import type { Expression } from './expression.ts';
import { linearNames } from './linear-names.ts';
import { parseExpression } from './parse-expression.ts';

const values: Readonly<Record<string, number>> = { a: 3, b: -2, c: 0.5 };
const evaluate = (text: string, isQuantized = true): number =>
  evaluateExpression(parseExpression(text), { isQuantized, valueOf: ({ name }) => values[name]! });

describe('parseExpression', () => {
  it.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 / 4 / 2', 1],
    ['7 - 4 - 2', 1],
    ['2 ^ 3 ^ 2', 512],
    ['-2 ^ 2', -4],
    ['2 ^ -1', 0.5],
    ['--a', 3],
    ['a*b + c', -5.5],
    ['a·c − 1', 0.5],
    ['1.5e2 + .5', 150.5],
    ['exp(log(a)) + log2(8) + sqrt(16)', 10],
    ['quantized(a) + 1', 4],
  ])('%s is %d', (text, value) => {
    expect(evaluate(text)).toBeCloseTo(value, 12);
  });

  it('does not look at what quantized(…) holds in high precision', () => {
    expect(evaluate('1 + quantized(log(0 - 1))', false)).toBe(1);
  });

  it('reads levels', () => {
    const [name] = namesIn(parseExpression('eff[precision, G] ^ 2'));
    expect(name).toEqual({ kind: 'name', name: 'eff', levels: ['precision', 'G'] });
  });

  it.each([
    ['1 +', /a number, a name or "\(" must come at character 4 of "1 \+", but got the end/],
    ['(a', /"\)" must come at character 3/],
    ['a b', /an operator must come at character 3 .* but got b/],
    ['sin(a)', /the functions are exp, log, log2, sqrt, quantized, but got sin\(…\)/],
    ['a; b', /but got ";" at character 2/],
    ['k[N]', /G or precision must come at character 3 .* but got N/],
    ['constructor.constructor', /but got "\."/],
    ['`a`', /but got "`"/],
    [`${'('.repeat(500)}a${')'.repeat(500)}`, /nested at most 200 deep/],
    ['-'.repeat(5000), /nested at most 200 deep/],
  ])('refuses %s', (text, message) => {
    expect(() => parseExpression(text)).toThrow(SyntaxError);
    expect(() => parseExpression(text)).toThrow(message);
  });
});

describe('linearNames', () => {
  it.each([
    ['E + A/N^alpha + B/D^beta', ['E', 'A', 'alpha', 'B', 'beta'], ['E', 'A', 'B']],
    ['a * b', ['a', 'b'], ['a']],
    ['a * b', ['b', 'a'], ['b']],
    ['1 / a', ['a'], []],
    ['exp(a) + quantized(b) - c', ['a', 'b', 'c'], ['b', 'c']],
    ['-(a + 2) * N', ['a'], ['a']],
    ['a * (b + a)', ['a', 'b'], ['b']],
  ])('of %s', (text, candidates, linear) => {
    expect(linearNames(parseExpression(text), candidates)).toEqual(linear);
  });
});

/** Random formulas in two parameters and one column of data, safe from poles and overflow. */
const formulas: fc.Arbitrary<Expression> = fc.letrec<{ formula: Expression }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom('p', 'q', 'x').map((name): Expression => ({ kind: 'name', name, levels: [] })),
    fc.double({ min: 0.5, max: 2, noNaN: true }).map((value): Expression => ({ kind: 'number', value })),
    fc
      .tuple(fc.constantFrom('+', '-', '*', '/', '^'), tie('formula'), tie('formula'))
      .map(([operator, left, right]): Expression => ({
        kind: 'binary',
        operator,
        // A negative base has no derivative by the exponent.
        left: operator === '^' ? { kind: 'call', function: 'exp', operand: left } : left,
        right,
      })),
    tie('formula').map((operand): Expression => ({ kind: 'negate', operand })),
    fc
      .tuple(fc.constantFrom('exp', 'log', 'log2', 'sqrt', 'quantized'), tie('formula'))
      .map(([name, operand]): Expression => ({ kind: 'call', function: name, operand })),
  ),
})).formula;

const column = [0.7, 1, 1.9];
const quantized = [1, 0, 1];
const at = (formula: Expression, p: number, q: number, i: number): number =>
  evaluateExpression(formula, {
    isQuantized: quantized[i] === 1,
    valueOf: ({ name }) => (name === 'x' ? column[i]! : name === 'p' ? p : q),
  });
const compile = (formula: Expression): CompiledExpression =>
  new CompiledExpression(formula, {
    count: 3,
    quantized: Uint8Array.from(quantized),
    constant: (name) => (name === 'x' ? Float64Array.from(column) : undefined),
    parameter: ({ name }) => (name === 'p' ? 0 : 1),
  });

describe('CompiledExpression', () => {
  it('has the values of the formula at every observation', () => {
    fc.assert(
      fc.property(formulas, (formula) => {
        const compiled = compile(formula);
        compiled.evaluate(Float64Array.of(1.3, 0.8));
        const expected = column.map((_, i) => at(formula, 1.3, 0.8, i));
        const off = expected.map((value, i) => (compiled.values[i]! - value) / Math.max(1, Math.abs(value)));
        for (const error of off.filter(Number.isFinite)) expect(Math.abs(error)).toBeLessThanOrEqual(1e-12);
      }),
      { seed: 3, numRuns: 400 },
    );
  });

  it('has the derivatives of central differences', () => {
    let compared = 0;
    fc.assert(
      fc.property(formulas, (formula) => {
        const compiled = compile(formula);
        compiled.evaluate(Float64Array.of(1.3, 0.8));
        const jacobian = compiled.jacobian(2);
        for (let i = 0; i < 3; i++) {
          const slope = (h: number, parameter: number): number => {
            const shifted = (sign: number): number =>
              at(formula, 1.3 + (parameter === 0 ? sign * h : 0), 0.8 + (parameter === 1 ? sign * h : 0), i);
            return (shifted(1) - shifted(-1)) / (2 * h);
          };
          for (const parameter of [0, 1]) {
            const [coarse, fine] = [slope(2e-5, parameter), slope(1e-5, parameter)];
            // Only where differences can be trusted: away from poles, domain edges and huge values.
            if (!(Math.abs(coarse - fine) < 1e-6 * Math.max(1, Math.abs(fine))) || Math.abs(fine) > 1e4)
              continue;
            if (!(Math.abs(at(formula, 1.3, 0.8, i)) < 1e4)) continue;
            compared += 1;
            expect(Math.abs(jacobian[parameter]![i]! - fine)).toBeLessThan(
              1e-5 * Math.max(1, Math.abs(fine)),
            );
          }
        }
      }),
      { seed: 4, numRuns: 400 },
    );
    expect(compared).toBeGreaterThan(1000);
  });

  it('adds weighted derivatives to a gradient', () => {
    const compiled = compile(parseExpression('p * x^q + quantized(p)'));
    compiled.evaluate(Float64Array.of(1.3, 0.8));
    const [first, second] = compiled.jacobian(2);
    const gradient = Float64Array.of(10, 20);
    compiled.addGradient(Float64Array.of(2, -1, 0.5), gradient);
    const dot = (entries: Float64Array): number => 2 * entries[0]! - entries[1]! + 0.5 * entries[2]!;
    expect(gradient[0]).toBeCloseTo(10 + dot(first!), 12);
    expect(gradient[1]).toBeCloseTo(20 + dot(second!), 12);
  });

  it('gathers a parameter with levels', () => {
    const compiled = new CompiledExpression(parseExpression('k[G] * x'), {
      count: 3,
      quantized: Uint8Array.from([1, 1, 1]),
      constant: (name) => (name === 'x' ? Float64Array.from(column) : undefined),
      parameter: () => Uint16Array.from([1, 0, 1]),
    });
    compiled.evaluate(Float64Array.of(5, 7));
    expect([...compiled.values]).toEqual([7 * 0.7, 5, 7 * 1.9]);
    expect(compiled.jacobian(2).map((entries) => Array.from(entries))).toEqual([
      [0, 1, 0],
      [0.7, 0, 1.9],
    ]);
  });
});
