import { compileLaw } from './compile-law.ts';
import type { CompiledExpression } from '../expression/compile-expression.ts';
import { evaluateExpression } from '../expression/evaluate-expression.ts';
import { calls, namesIn, operandsOf } from '../expression/expression.ts';
import type { Expression, LevelKind, NameExpression } from '../expression/expression.ts';
import { linearNames } from '../expression/linear-names.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { expandParameter, parameterAt } from './levels.ts';
import type { Levels } from './levels.ts';
import { assertParameters } from './parameter.ts';
import type { ParameterSpec, ParameterValues } from './parameter.ts';
import { assertPoint, inputValue, isQuantizedPoint, isScalingInput } from './point.ts';
import type { ScalingInput, ScalingPoint } from './point.ts';

/** A law as data: a formula with named parameters. All of it survives `JSON.stringify` and `postMessage`. */
export interface LawDefinition {
  /** Name, as on the command line. */
  readonly name: string;
  /**
   * The formula, as {@link parseExpression} reads it, in the inputs `N`, `D`, `G`, `Pw`, `Pa` and `Pkv`: for example
   * `E + A/N^alpha + B/D^beta`. A law of the quantization error is 0 in high precision, whatever its formula says.
   */
  readonly formula: string;
  /** Where the law comes from (arXiv id and equation). */
  readonly source: string;
  /** Whether the law gives a loss or the loss added by quantization, both in nats per token. */
  readonly predicts: 'loss' | 'delta';
  /** The parameters, in the order of reports; those with levels in the formula once. */
  readonly parameters: readonly ParameterSpec[];
  /** Names in the formula whose values are known. */
  readonly constants?: Readonly<Record<string, number>>;
  /** How many different values of each input a fit needs at least. Default 2 of each input in the formula. */
  readonly minimumDistinct?: Readonly<Partial<Record<ScalingInput, number>>>;
  /** The precisions and group sizes that parameters with levels are for. A fit takes those of its data. */
  readonly levels?: Levels;
}

/** A law that can be evaluated and fitted. */
export interface ScalingLaw {
  /** What it was made of. */
  readonly definition: LawDefinition;
  /** As in the definition; in errors and reports. */
  readonly name: string;
  /** Whether it gives a loss or the loss added by quantization, both in nats per token. */
  readonly predicts: 'loss' | 'delta';
  /** As written in the definition. */
  readonly formula: string;
  /** The parameters; those with levels once for each. */
  readonly parameters: readonly ParameterSpec[];
  /** Names of the parameters in which the prediction is linear, all together. */
  readonly linear: ReadonlySet<string>;
  /** Inputs in the formula. */
  readonly inputs: readonly ScalingInput[];
  /** What some parameter has a value for each of. */
  readonly levelKinds: ReadonlySet<LevelKind>;
  /** Whether quantized runs are described otherwise than those in high precision. */
  readonly describesQuantized: boolean;
  /** How many different values of each input a fit needs at least. */
  readonly minimumDistinct: Readonly<Partial<Record<ScalingInput, number>>>;
  /**
   * The prediction at a point, in nats per token.
   *
   * @throws RangeError for a missing or out-of-bounds parameter or input.
   */
  predict(parameters: ParameterValues, point: ScalingPoint): number;
  /**
   * The derivative of the prediction by each parameter at a point.
   *
   * @throws RangeError for a missing or out-of-bounds parameter or input.
   */
  gradient(parameters: ParameterValues, point: ScalingPoint): Record<string, number>;
  /**
   * The law made ready for many evaluations at these points, whose bounds are not checked.
   *
   * @throws RangeError for a point without the bits or the level that the formula needs.
   */
  compile(points: readonly ScalingPoint[]): CompiledExpression;
}

/**
 * Makes a law from its definition.
 *
 * @throws SyntaxError if the formula cannot be read.
 * @throws RangeError if the formula and the parameters do not fit together.
 * @example
 * ```ts
 * import { defineLaw } from '@nibble-ml/scaling-law';
 *
 * const law = defineLaw({
 *   name: 'saturating',
 *   formula: 'E + A / (N^alpha + n0)',
 *   source: 'mine',
 *   predicts: 'loss',
 *   parameters: [
 *     { name: 'E', meaning: 'floor', domain: 'positive' },
 *     { name: 'A', meaning: 'coefficient', domain: 'positive' },
 *     { name: 'alpha', meaning: 'exponent', domain: 'positive', starts: [0.1, 0.3, 0.6] },
 *     { name: 'n0', meaning: 'offset', domain: 'positive', starts: [1, 100] },
 *   ],
 * });
 * console.log(law.predict({ E: 1.7, A: 400, alpha: 0.34, n0: 10 }, { N: 1e9, D: 2e10 }));
 * ```
 */
export function defineLaw(definition: LawDefinition): ScalingLaw {
  const { name, formula, predicts, parameters: specs, constants = {}, levels = {} } = definition;
  const written = parseExpression(formula);
  // A law of the quantization error says nothing about high precision, where there is none.
  const expression: Expression =
    predicts === 'delta' ? { kind: 'call', function: 'quantized', operand: written } : written;
  const names = namesIn(expression);
  assertNames(definition, expression, names);

  const kindsOf = new Map(names.map((found) => [found.name, found.levels]));
  const parameters = specs.flatMap((spec) => {
    const kinds = kindsOf.get(spec.name)!;
    return kinds.every((kind) => levels[kind] === undefined) && kinds.length > 0
      ? [spec]
      : expandParameter(spec, kinds, levels);
  });
  const linear = new Set(
    linearNames(
      written,
      specs.filter(({ starts }) => starts === undefined).map((spec) => spec.name),
    ),
  );
  assertStarts(definition, linear);
  const inputs = names.map((found) => found.name).filter(isScalingInput);
  const isLinear = parameters.filter((parameter) => linear.has(parameter.name.replace(/\[.*/, '')));

  return {
    definition,
    name,
    formula,
    predicts,
    parameters,
    linear: new Set(isLinear.map((parameter) => parameter.name)),
    inputs,
    levelKinds: new Set(names.flatMap((found) => found.levels)),
    describesQuantized:
      calls(expression, 'quantized') || inputs.some((input) => input !== 'N' && input !== 'D'),
    minimumDistinct: definition.minimumDistinct ?? Object.fromEntries(inputs.map((input) => [input, 2])),
    predict(values: ParameterValues, point: ScalingPoint): number {
      const caller = `${name}.predict`;
      assertPoint(caller, point);
      assertParameters(caller, parameters, values);
      return evaluateExpression(expression, {
        isQuantized: isQuantizedPoint(point),
        valueOf: (found) => {
          if (isScalingInput(found.name)) return inputValue(found.name, point);
          return constants[found.name] ?? values[parameterAt(caller, found, levels, point)]!;
        },
      });
    },
    gradient(values: ParameterValues, point: ScalingPoint): Record<string, number> {
      assertPoint(`${name}.gradient`, point);
      assertParameters(`${name}.gradient`, parameters, values);
      const compiled = compileLaw(this, expression, constants, levels, [point]);
      compiled.evaluate(Float64Array.from(parameters, (parameter) => values[parameter.name]!));
      const gradient = new Float64Array(parameters.length);
      compiled.addGradient(Float64Array.of(1), gradient);
      return Object.fromEntries(parameters.map((parameter, index) => [parameter.name, gradient[index]!]));
    },
    compile(points: readonly ScalingPoint[]): CompiledExpression {
      return compileLaw(this, expression, constants, levels, points);
    },
  };
}

/** The law with parameters for these precisions and group sizes, where its formula has levels. */
export function withLevels(law: ScalingLaw, levels: Levels): ScalingLaw {
  return law.levelKinds.size === 0 ? law : defineLaw({ ...law.definition, levels });
}

function assertNames(
  { name, predicts, parameters, constants = {} }: LawDefinition,
  expression: Expression,
  names: readonly NameExpression[],
): void {
  const declared = new Set([...parameters.map((spec) => spec.name), ...Object.keys(constants)]);
  const used = names.filter((found) => !isScalingInput(found.name)).map((found) => found.name);
  const undeclared = used.filter((found) => !declared.has(found));
  const unused = [...declared].filter((parameter) => !used.includes(parameter));
  if (undeclared.length > 0 || unused.length > 0) {
    throw new RangeError(
      `defineLaw: the formula of ${name} must use exactly its parameters and constants, ` +
        `but it uses undeclared [${undeclared.join(', ')}] and leaves out [${unused.join(', ')}]`,
    );
  }
  const bare = predicts === 'loss' ? levelsOutsideQuantized(expression) : undefined;
  if (bare !== undefined) {
    throw new RangeError(
      `defineLaw: ${bare.name}[${bare.levels.join(', ')}] of ${name} must stand inside quantized(…), as runs in high ` +
        'precision have no group size',
    );
  }
}

function levelsOutsideQuantized(expression: Expression): NameExpression | undefined {
  if (expression.kind === 'name') return expression.levels.length > 0 ? expression : undefined;
  if (expression.kind === 'call' && expression.function === 'quantized') return undefined;
  for (const operand of operandsOf(expression)) {
    const found = levelsOutsideQuantized(operand);
    if (found !== undefined) return found;
  }
  return undefined;
}

function assertStarts({ name, parameters }: LawDefinition, linear: ReadonlySet<string>): void {
  const lacking = parameters.filter((spec) => spec.starts === undefined && !linear.has(spec.name));
  if (lacking.length > 0) {
    const names = lacking.map((spec) => spec.name).join(', ');
    throw new RangeError(
      `defineLaw: the formula of ${name} is not linear in ${names}, which must have starts; add a few values to try`,
    );
  }
}
