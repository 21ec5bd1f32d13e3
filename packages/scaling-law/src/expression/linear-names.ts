import type { Expression } from './expression.ts';

/**
 * The candidates in which an expression is linear, all of them together: no product of two, no power, no function.
 * They are what variable projection can solve for at once. Chosen greedily, in the order given.
 */
export function linearNames(expression: Expression, candidates: readonly string[]): string[] {
  const chosen = new Set<string>();
  for (const name of candidates) {
    chosen.add(name);
    if (degree(expression, chosen) > 1) chosen.delete(name);
  }
  return [...chosen];
}

/** Degree of an expression as a polynomial in the names; infinite where it is none. */
function degree(expression: Expression, names: ReadonlySet<string>): number {
  switch (expression.kind) {
    case 'number':
      return 0;
    case 'name':
      return names.has(expression.name) ? 1 : 0;
    case 'negate':
      return degree(expression.operand, names);
    case 'call': {
      const inner = degree(expression.operand, names);
      return expression.function === 'quantized' ? inner : nonlinear(inner);
    }
    case 'binary': {
      const left = degree(expression.left, names);
      const right = degree(expression.right, names);
      if (expression.operator === '*') return left + right;
      if (expression.operator === '/') return left + nonlinear(right);
      return expression.operator === '^' ? nonlinear(left) + nonlinear(right) : Math.max(left, right);
    }
  }
}

const nonlinear = (inner: number): number => (inner === 0 ? 0 : Infinity);
