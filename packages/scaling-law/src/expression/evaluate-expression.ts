import type { Expression, FunctionName, NameExpression } from './expression.ts';

/** What the names of a formula stand for at one point. */
export interface Scope {
  readonly isQuantized: boolean;
  /** The value of a name. */
  valueOf(name: NameExpression): number;
}

const FUNCTIONS: Readonly<Record<Exclude<FunctionName, 'quantized'>, (x: number) => number>> = {
  exp: Math.exp,
  log: Math.log,
  log2: Math.log2,
  sqrt: Math.sqrt,
};

/** The value of a formula at one point. What `quantized` holds is not looked at in high precision. */
export function evaluateExpression(expression: Expression, scope: Scope): number {
  switch (expression.kind) {
    case 'number':
      return expression.value;
    case 'name':
      return scope.valueOf(expression);
    case 'negate':
      return -evaluateExpression(expression.operand, scope);
    case 'call':
      if (expression.function !== 'quantized') {
        return FUNCTIONS[expression.function](evaluateExpression(expression.operand, scope));
      }
      return scope.isQuantized ? evaluateExpression(expression.operand, scope) : 0;
    case 'binary': {
      const left = evaluateExpression(expression.left, scope);
      const right = evaluateExpression(expression.right, scope);
      switch (expression.operator) {
        case '+':
          return left + right;
        case '-':
          return left - right;
        case '*':
          return left * right;
        case '/':
          return left / right;
        case '^':
          return left ** right;
      }
    }
  }
}
