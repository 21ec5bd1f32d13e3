import { namesIn } from '../expression/expression.ts';
import { linearNames } from '../expression/linear-names.ts';
import { parseExpression } from '../expression/parse-expression.ts';
import { defineLaw } from './define-law.ts';
import type { ScalingLaw } from './define-law.ts';
import { domains } from './parameter.ts';
import type { ParameterDomain, ParameterSpec } from './parameter.ts';
import { isScalingInput } from './point.ts';

/** What {@link lawFromFormula} cannot read from the formula. */
export interface UserLawOptions {
  /** Name in reports. Default `user`. */
  readonly name?: string;
  /** Domains other than `positive`, by parameter. */
  readonly domains?: Readonly<Record<string, ParameterDomain>>;
  /** Values to try for a parameter in which the formula is not linear. Default a coarse grid of its domain. */
  readonly starts?: Readonly<Record<string, readonly number[]>>;
  /** Names in the formula whose values are known. */
  readonly constants?: Readonly<Record<string, number>>;
}

const DEFAULT_STARTS: Readonly<Record<ParameterDomain, readonly number[]>> = {
  positive: [0.03, 0.1, 0.3, 1, 3],
  real: [-0.5, 0.1, 0.5, 1],
  fraction: [0.2, 0.5, 0.8],
};

/**
 * A law from a formula alone, such as `L = E + A/N^alpha + B/D^beta` or `delta = k * log2(G)^g / N^n`: what is neither
 * an input, a constant nor a function is a parameter.
 *
 * @param text - `L = …` (or `loss = …`) for a law of the loss, `delta = …` for one of the quantization error.
 * @throws SyntaxError if the formula cannot be read.
 * @throws RangeError if it has no parameter, an option names one that it lacks, a start is outside its domain, or a
 *   parameter for each level stands outside `quantized(…)`.
 */
export function lawFromFormula(text: string, options: UserLawOptions = {}): ScalingLaw {
  const { name = 'user', domains: given = {}, starts = {}, constants = {} } = options;
  const sides = /^\s*(L|loss|delta)\s*=(.*)$/su.exec(text);
  if (sides === null) {
    throw new SyntaxError(`lawFromFormula: a formula must begin with "L =" or "delta =", but got "${text}"`);
  }
  const [, left, formula] = sides as unknown as [string, string, string];
  const expression = parseExpression(formula);
  const parameters = namesIn(expression)
    .map((found) => found.name)
    .filter((found) => !isScalingInput(found) && !(found in constants));
  assertOptions(parameters, { ...given, ...starts });
  const free = parameters.filter((parameter) => starts[parameter] === undefined);
  const linear = linearNames(expression, free);
  return defineLaw({
    name,
    formula: formula.trim(),
    source: 'user',
    predicts: left === 'delta' ? 'delta' : 'loss',
    constants,
    parameters: parameters.map((parameter) => {
      const domain = given[parameter] ?? 'positive';
      const tried = starts[parameter] ?? (linear.includes(parameter) ? undefined : DEFAULT_STARTS[domain]);
      assertInside(parameter, domain, tried ?? []);
      return parameterSpec(parameter, domain, tried);
    }),
  });
}

function parameterSpec(
  name: string,
  domain: ParameterDomain,
  starts: readonly number[] | undefined,
): ParameterSpec {
  return { name, meaning: '', domain, ...(starts === undefined ? {} : { starts }) };
}

function assertOptions(parameters: readonly string[], options: Readonly<Record<string, unknown>>): void {
  if (parameters.length === 0) throw new RangeError('lawFromFormula: a formula must have a parameter to fit');
  const unknown = Object.keys(options).find((found) => !parameters.includes(found));
  if (unknown !== undefined) {
    throw new RangeError(
      `lawFromFormula: domains and starts must be of a parameter (${parameters.join(', ')}), but got ${unknown}`,
    );
  }
}

function assertInside(parameter: string, domain: ParameterDomain, starts: readonly number[]): void {
  const { lower, upper } = domains[domain];
  const bad = starts.find((value) => !(value > lower && value < upper));
  if (bad !== undefined) {
    throw new RangeError(
      `lawFromFormula: starts of ${parameter} must lie between ${lower} and ${upper}, but got ${bad}`,
    );
  }
}
