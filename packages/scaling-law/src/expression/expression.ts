/** A function that a formula may call, of one argument. */
export type FunctionName = 'exp' | 'log' | 'log2' | 'sqrt' | 'quantized';

/** All of them. */
export const functionNames: readonly FunctionName[] = ['exp', 'log', 'log2', 'sqrt', 'quantized'];

/** What a parameter may have one value for each of, written `name[G]`, `name[precision]` or `name[precision, G]`. */
export type LevelKind = 'precision' | 'G';

/** A formula as a tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string; readonly levels: readonly LevelKind[] }
  | { readonly kind: 'negate'; readonly operand: Expression }
  | { readonly kind: 'call'; readonly function: FunctionName; readonly operand: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '^';
      readonly left: Expression;
      readonly right: Expression;
    };

/** A name in a formula. */
export type NameExpression = Extract<Expression, { kind: 'name' }>;

/** The parts that an expression is made of, from left to right. */
export function operandsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'number':
    case 'name':
      return [];
    case 'negate':
    case 'call':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
  }
}

/** Every name in an expression, in the order of their first appearance, each once. */
export function namesIn(expression: Expression): NameExpression[] {
  const found = new Map<string, NameExpression>();
  const visit = (part: Expression): void => {
    if (part.kind === 'name' && !found.has(part.name)) found.set(part.name, part);
    operandsOf(part).forEach(visit);
  };
  visit(expression);
  return [...found.values()];
}

/** Whether an expression calls a function anywhere. */
export function calls(expression: Expression, name: FunctionName): boolean {
  if (expression.kind === 'call' && expression.function === name) return true;
  return operandsOf(expression).some((operand) => calls(operand, name));
}
