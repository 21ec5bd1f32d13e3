import { describe, expect, it } from 'vitest';
import { checkThrows } from './check-throws.ts';

const check = (text: string): string[] => checkThrows({ file: 'a.ts', text });
const body = '{ if (x < 0) throw new RangeError("x"); return x; }';

describe('checkThrows', () => {
  it('finds a function that throws without saying so', () => {
    expect(check(`/** Returns x. */\nexport function f(x: number): number ${body}`)).toEqual([
      'a.ts: f throws, but its comment has no @throws',
    ]);
  });
  it('accepts those that say so, do not throw themselves, or are not exported', () => {
    expect(
      check(`/**\n * Returns x.\n *\n * @throws RangeError\n */\nexport function f(x: number) ${body}`),
    ).toEqual([]);
    expect(check(`/** Throws unless x is positive. */\nexport function f(x: number) ${body}`)).toEqual([]);
    expect(
      check(`function g(x: number) ${body}\n/** F. */\nexport function f(x: number) { return g(x); }`),
    ).toEqual([]);
    expect(check('/** F. */\nexport function f() { return () => { throw new Error("later"); }; }')).toEqual(
      [],
    );
  });
});
