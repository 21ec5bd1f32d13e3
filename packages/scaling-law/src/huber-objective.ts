import type { ParameterValues } from './parameter.ts';
import type { ScalingPoint } from './point.ts';
import { signedLogInput, termVanishes } from './power-law.ts';
import type { ScalingLaw } from './power-law.ts';

/** What a law is fitted to: where a run stands, and the positive quantity it gave, in nats per token. */
export interface Observation extends ScalingPoint {
  readonly observed: number;
}

/** A factor of one term over all observations. */
interface CompiledFactor {
  /** Index of the exponent parameter, or -1 for a known exponent. */
  readonly parameter: number;
  readonly constant: number;
  /** Signed logarithm of the input at each observation, less its mean. */
  readonly centredLog: Float64Array;
  readonly mean: number;
}

interface CompiledTerm {
  readonly coefficient: number;
  readonly factors: readonly CompiledFactor[];
  /** 1 where the term counts. */
  readonly active: Uint8Array;
}

/**
 * The sum over observations of Huber's loss of the log residual, `log prediction − log observed` (Hoffmann et al.
 * 2022, arXiv 2203.15556, Eq. 3): half the square up to `huberDelta`, linear beyond.
 *
 * The coordinates are the parameters' free coordinates, where those of the coefficients are moved to the geometric
 * mean of the inputs: `log A − alpha · mean(log N)` in place of `log A`. On raw counts a coefficient and its
 * exponent are all but collinear, and a quasi-Newton method would crawl along the valley.
 */
export class HuberObjective {
  /** Number of parameters. */
  readonly size: number;
  /** Weight of each observation. Ones at first; a bootstrap resample writes its counts here. */
  readonly weights: Float64Array;
  readonly #law: ScalingLaw;
  readonly #huberDelta: number;
  readonly #logObserved: Float64Array;
  readonly #terms: readonly CompiledTerm[];
  readonly #isCoefficient: readonly boolean[];
  readonly #shares: Float64Array;
  readonly #values: Float64Array;
  readonly #slopes: Float64Array;
  readonly #row: Float64Array;

  constructor(law: ScalingLaw, observations: readonly Observation[], huberDelta: number) {
    const indexOf = new Map(law.parameters.map(({ name }, index) => [name, index]));
    this.size = law.parameters.length;
    this.weights = new Float64Array(observations.length).fill(1);
    this.#law = law;
    this.#huberDelta = huberDelta;
    this.#logObserved = Float64Array.from(observations, ({ observed }) => Math.log(observed));
    this.#terms = law.terms.map((term) => {
      const active = Uint8Array.from(observations, (point) => (termVanishes(term, point) ? 0 : 1));
      return {
        coefficient: indexOf.get(term.coefficient)!,
        active,
        factors: term.factors.map((factor) => {
          const logs = Float64Array.from(observations, (point, i) =>
            active[i] ? signedLogInput(factor, point) : 0,
          );
          const count = active.reduce((sum, flag) => sum + flag, 0);
          const mean = count === 0 ? 0 : logs.reduce((sum, log) => sum + log, 0) / count;
          const known = typeof factor.exponent === 'number';
          return {
            parameter: known ? -1 : indexOf.get(factor.exponent as string)!,
            constant: known ? (factor.exponent as number) : 0,
            centredLog: logs.map((log) => log - mean),
            mean,
          };
        }),
      };
    });
    const coefficients = new Set(this.#terms.map((term) => term.coefficient));
    this.#isCoefficient = law.parameters.map((_, index) => coefficients.has(index));
    this.#shares = new Float64Array(law.terms.length);
    this.#values = new Float64Array(this.size);
    this.#slopes = new Float64Array(this.size);
    this.#row = new Float64Array(this.size);
  }

  /** The objective at `theta`; writes its gradient. */
  readonly evaluate = (theta: Float64Array, gradient: Float64Array): number => {
    this.#setExponents(theta);
    gradient.fill(0);
    let total = 0;
    for (let i = 0; i < this.weights.length; i++) {
      const weight = this.weights[i]!;
      if (weight === 0) continue;
      const prediction = this.#predictTerms(theta, i);
      const residual = Math.log(prediction) - this.#logObserved[i]!;
      const size = Math.abs(residual);
      if (size <= this.#huberDelta) {
        total += (weight * residual * residual) / 2;
        this.#addLogGradient(gradient, i, (weight * residual) / prediction);
      } else {
        total += weight * this.#huberDelta * (size - this.#huberDelta / 2);
        this.#addLogGradient(gradient, i, (weight * this.#huberDelta * Math.sign(residual)) / prediction);
      }
    }
    return total;
  };

  /**
   * The Gauss–Newton matrix `Σ w · rowᵀ row` of the log predictions (row-major). With `robust` each observation is
   * weighted by `min(1, huberDelta/|residual|)`, which bounds the curvature of Huber's loss from above.
   */
  gaussNewton(theta: Float64Array, robust: boolean): Float64Array {
    this.#setExponents(theta);
    const { size } = this;
    const matrix = new Float64Array(size * size);
    for (let i = 0; i < this.weights.length; i++) {
      if (this.weights[i] === 0) continue;
      const prediction = this.#predictTerms(theta, i);
      const residual = Math.abs(Math.log(prediction) - this.#logObserved[i]!);
      const down = robust && residual > this.#huberDelta ? this.#huberDelta / residual : 1;
      this.#row.fill(0);
      this.#addLogGradient(this.#row, i, 1 / prediction);
      for (let p = 0; p < size; p++) {
        for (let q = 0; q < size; q++) {
          matrix[p * size + q]! += this.weights[i]! * down * this.#row[p]! * this.#row[q]!;
        }
      }
    }
    return matrix;
  }

  /** The value of each term at each observation divided by what was observed, with all coefficients 1 (centred). */
  relativeColumns(theta: Float64Array): Float64Array[] {
    this.#setExponents(theta);
    return this.#terms.map((term) =>
      this.#logObserved.map((logObserved, i) =>
        term.active[i] ? Math.exp(this.#logFactors(term, i) - logObserved) : 0,
      ),
    );
  }

  /** The largest share of a prediction that each term has at any observation. */
  largestShares(theta: Float64Array): number[] {
    this.#setExponents(theta);
    const largest = this.#terms.map(() => 0);
    for (let i = 0; i < this.weights.length; i++) {
      const prediction = this.#predictTerms(theta, i);
      this.#shares.forEach((share, t) => {
        largest[t] = Math.max(largest[t]!, share / prediction);
      });
    }
    return largest;
  }

  /** Parameter index of each term's coefficient. */
  get coefficientIndices(): number[] {
    return this.#terms.map((term) => term.coefficient);
  }

  /** Parameter values at `theta`. */
  toParameters(theta: Float64Array): ParameterValues {
    this.#setExponents(theta);
    const free = Float64Array.from(theta);
    for (const term of this.#terms) free[term.coefficient]! -= this.#meanShift(term);
    return Object.fromEntries(
      this.#law.parameters.map(({ name, space }, index) => [name, space.fromFree(free[index]!)]),
    );
  }

  /** Coordinates of parameter values. */
  fromParameters(values: ParameterValues): Float64Array {
    const theta = Float64Array.from(this.#law.parameters, ({ name, space }) => space.toFree(values[name]!));
    this.#setExponents(theta);
    for (const term of this.#terms) theta[term.coefficient]! += this.#meanShift(term);
    return theta;
  }

  /** Values and slopes of the exponents: the same for all observations of one evaluation. */
  #setExponents(theta: Float64Array): void {
    for (let p = 0; p < this.size; p++) {
      if (this.#isCoefficient[p]) continue;
      const { space } = this.#law.parameters[p]!;
      this.#values[p] = space.fromFree(theta[p]!);
      this.#slopes[p] = space.slope(theta[p]!);
    }
  }

  #meanShift(term: CompiledTerm): number {
    let shift = 0;
    for (const factor of term.factors) shift += this.#exponent(factor) * factor.mean;
    return shift;
  }

  #exponent(factor: CompiledFactor): number {
    return factor.parameter < 0 ? factor.constant : this.#values[factor.parameter]!;
  }

  #logFactors(term: CompiledTerm, i: number): number {
    let log = 0;
    for (const factor of term.factors) log += this.#exponent(factor) * factor.centredLog[i]!;
    return log;
  }

  /** The prediction at observation `i`; leaves the value of each term in `#shares`. */
  #predictTerms(theta: Float64Array, i: number): number {
    let sum = 0;
    for (let t = 0; t < this.#terms.length; t++) {
      const term = this.#terms[t]!;
      const value = term.active[i] ? Math.exp(theta[term.coefficient]! + this.#logFactors(term, i)) : 0;
      this.#shares[t] = value;
      sum += value;
    }
    return sum;
  }

  /** Adds `scale` times the gradient of the prediction whose terms are in `#shares`. */
  #addLogGradient(target: Float64Array, i: number, scale: number): void {
    for (let t = 0; t < this.#terms.length; t++) {
      const share = this.#shares[t]! * scale;
      if (share === 0) continue;
      const term = this.#terms[t]!;
      target[term.coefficient]! += share;
      for (const factor of term.factors) {
        if (factor.parameter >= 0) {
          target[factor.parameter]! += share * factor.centredLog[i]! * this.#slopes[factor.parameter]!;
        }
      }
    }
  }
}
