/** A function that a formula may call, of one argument. */
export type FunctionName = 'exp' | 'log' | 'log2' | 'sqrt' | 'quantized';

/** All of them. */
export const functionNames: readonly FunctionName[] = ['exp', 'log', 'log2', 'sqrt', 'quantized'];

/** What a parameter may have one value for each of, written `name[G]`, `name[precision]` or `name[precision, G]`. */
export type LevelKind = 'precision' | 'G';

/** A formula as a tree. */
export type Expression =
  | {
      /** A number written in the formula. */
      readonly kind: 'number';
      /** At least 0: a minus sign is a `negate`. */
      readonly value: number;
    }
  | {
      /** An input, a parameter or a constant. */
      readonly kind: 'name';
      /** As written, without levels. */
      readonly name: string;
      /** What stands in its brackets, in that order; empty for a name with one value throughout. */
      readonly levels: readonly LevelKind[];
    }
  | {
      /** A minus sign before one operand. */
      readonly kind: 'negate';
      /** What is negated. */
      readonly operand: Expression;
    }
  | {
      /** A function applied to one argument. */
      readonly kind: 'call';
      /** Which function. */
      readonly function: FunctionName;
      /** Its argument. */
      readonly operand: Expression;
    }
  | {
      /** An operator between two operands. */
      readonly kind: 'binary';
      /** `^` is the power. */
      readonly operator: '+' | '-' | '*' | '/' | '^';
      /** Of `-` what is subtracted from, of `/` the numerator, of `^` the base. */
      readonly left: Expression;
      /** Of `-` what is subtracted, of `/` the denominator, of `^` the exponent. */
      readonly right: Expression;
    };

/** A name in a formula. */
export type NameExpression = Extract<
  Expression,
  {
    /** What names have and no other part of a formula. */
    kind: 'name';
  }
>;

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
