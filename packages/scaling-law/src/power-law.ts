import { assertParameters } from './parameter.ts';
import type { ParameterSpec, ParameterValues } from './parameter.ts';
import { assertPoint } from './point.ts';
import type { ScalingInput, ScalingPoint } from './point.ts';

/** One factor `input^(sign · exponent)` of a term. */
export interface PowerFactor {
  /** `N`, `D`, or the base-2 logarithm of `G`, the form in which the QAT law takes the group size. */
  readonly input: 'N' | 'D' | 'log2G';
  /** Name of an exponent parameter, or a known constant. */
  readonly exponent: string | number;
  /** -1 where the paper divides by the power. */
  readonly sign: 1 | -1;
}

/** A coefficient times a product of powers of the inputs. */
export interface PowerTerm {
  /** Name of the coefficient parameter. */
  readonly coefficient: string;
  /** The factors; none for a constant such as the irreducible loss. */
  readonly factors: readonly PowerFactor[];
  /** The term counts only at this group size. */
  readonly onlyAtG?: number;
}

/** A law as data: a sum of power terms with named parameters. */
export interface PowerLawDefinition {
  /** Name, as on the command line. */
  readonly name: string;
  /** The formula, in plain text. */
  readonly formula: string;
  /** Where the law comes from (arXiv id and equation). */
  readonly source: string;
  /** Whether the law gives a loss or the loss added by quantization, both in nats per token. */
  readonly predicts: 'loss' | 'delta';
  /** The parameters, in the order of reports. */
  readonly parameters: readonly ParameterSpec[];
  /** The terms whose sum is the prediction. */
  readonly terms: readonly PowerTerm[];
  /** How many different values of each input a fit needs at least. */
  readonly minimumDistinct: Readonly<Partial<Record<ScalingInput, number>>>;
  /** The only group sizes the law knows, where it has one parameter for each. */
  readonly groupSizes?: readonly number[];
}

/** A law that can be evaluated and fitted. */
export interface ScalingLaw extends PowerLawDefinition {
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
}

/**
 * Whether a term vanishes at a point: terms in `G` do so in high precision (no `G`) and at `G = 1`, where every
 * element has its own scale (arXiv 2505.14302, Eq. 5).
 */
export function termVanishes(term: PowerTerm, point: ScalingPoint): boolean {
  if (term.onlyAtG !== undefined) return point.G !== term.onlyAtG;
  return (point.G ?? 1) === 1 && term.factors.some((factor) => factor.input === 'log2G');
}

/** Natural logarithm of a factor's base, with the factor's sign. The point must have what the factor needs. */
export function signedLogInput(factor: PowerFactor, point: ScalingPoint): number {
  const base = factor.input === 'log2G' ? Math.log2(point.G!) : point[factor.input];
  return factor.sign * Math.log(base);
}

/**
 * Makes a law from its definition. A user's own formula is a definition like the built-in ones, as long as it
 * is a sum of power terms.
 *
 * @throws RangeError if a term names a parameter that the definition lacks, or a parameter is in no term.
 */
export function definePowerLaw(definition: PowerLawDefinition): ScalingLaw {
  const { name, parameters: specs, terms } = definition;
  const specOf = new Map(specs.map((spec) => [spec.name, spec]));
  assertTerms(definition, specOf);

  function evaluateTerms(caller: string, values: ParameterValues, point: ScalingPoint): number[] {
    assertPoint(caller, point);
    assertParameters(caller, specs, values);
    if (definition.groupSizes && !definition.groupSizes.includes(point.G ?? Number.NaN)) {
      const known = definition.groupSizes.join(', ');
      throw new RangeError(
        `${caller}: G must be one of ${known}, but got ${point.G}; this law has no form in G`,
      );
    }
    return terms.map((term) => {
      if (termVanishes(term, point)) return 0;
      let logTerm = specOf.get(term.coefficient)!.space.toFree(values[term.coefficient]!);
      for (const factor of term.factors) {
        const exponent = typeof factor.exponent === 'number' ? factor.exponent : values[factor.exponent]!;
        logTerm += exponent * signedLogInput(factor, point);
      }
      return Math.exp(logTerm);
    });
  }

  return {
    ...definition,
    predict(values: ParameterValues, point: ScalingPoint): number {
      return evaluateTerms(`${name}.predict`, values, point).reduce((sum, term) => sum + term, 0);
    },
    gradient(values: ParameterValues, point: ScalingPoint): Record<string, number> {
      const termValues = evaluateTerms(`${name}.gradient`, values, point);
      const gradient: Record<string, number> = Object.fromEntries(specs.map((spec) => [spec.name, 0]));
      terms.forEach((term, index) => {
        const value = termValues[index]!;
        if (termVanishes(term, point)) return;
        const { space } = specOf.get(term.coefficient)!;
        gradient[term.coefficient]! += value / space.slope(space.toFree(values[term.coefficient]!));
        for (const factor of term.factors) {
          if (typeof factor.exponent === 'string') {
            gradient[factor.exponent]! += value * signedLogInput(factor, point);
          }
        }
      });
      return gradient;
    },
  };
}

function assertTerms(definition: PowerLawDefinition, specOf: ReadonlyMap<string, ParameterSpec>): void {
  const used = new Set<string>();
  for (const term of definition.terms) {
    used.add(term.coefficient);
    for (const { exponent } of term.factors) if (typeof exponent === 'string') used.add(exponent);
  }
  const undeclared = [...used].filter((parameter) => !specOf.has(parameter));
  const unused = [...specOf.keys()].filter((parameter) => !used.has(parameter));
  if (undeclared.length > 0 || unused.length > 0) {
    throw new RangeError(
      `definePowerLaw: the terms of ${definition.name} must use exactly its parameters, ` +
        `but they use undeclared [${undeclared.join(', ')}] and leave out [${unused.join(', ')}]`,
    );
  }
}
