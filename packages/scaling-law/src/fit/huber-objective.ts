import type { CompiledExpression } from '../expression/compile-expression.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { domains } from '../laws/parameter.ts';
import type { ParameterValues, Parameterization } from '../laws/parameter.ts';
import type { ScalingPoint } from '../laws/point.ts';

/** What a law is fitted to: where a run stands, and the positive quantity it gave, in nats per token. */
export interface Observation extends ScalingPoint {
  readonly observed: number;
  /** What `observed` has beside what the law predicts: a baseline loss. Default 0. */
  readonly offset?: number | undefined;
  /** How much the observation counts. Default 1. */
  readonly weight?: number | undefined;
}

/**
 * The sum over observations of Huber's loss of the log residual, `log prediction − log observed` (Hoffmann et al.
 * 2022, arXiv 2203.15556, Eq. 3): half the square up to `huberDelta`, linear beyond. A prediction is that of the law and
 * the observation's offset. The coordinates `theta` are the free coordinates of the parameters' domains.
 */
export class HuberObjective {
  readonly law: ScalingLaw;
  /** Number of parameters. */
  readonly size: number;
  /** Weight of each observation; a resample writes its own here. */
  readonly weights: Float64Array;
  /** Logarithm of what was observed; a resample of residuals writes its own here. */
  readonly logObserved: Float64Array;
  readonly huberDelta: number;
  readonly #offsets: Float64Array;
  readonly #predictions: Float64Array;
  readonly #compiled: CompiledExpression;
  readonly #spaces: readonly Parameterization[];
  readonly #values: Float64Array;
  readonly #seed: Float64Array;

  constructor(law: ScalingLaw, observations: readonly Observation[], huberDelta: number) {
    this.law = law;
    this.size = law.parameters.length;
    this.weights = Float64Array.from(observations, ({ weight = 1 }) => weight);
    this.logObserved = Float64Array.from(observations, ({ observed }) => Math.log(observed));
    this.huberDelta = huberDelta;
    this.#offsets = Float64Array.from(observations, ({ offset = 0 }) => offset);
    this.#predictions = new Float64Array(observations.length);
    this.#compiled = law.compile(observations);
    this.#spaces = law.parameters.map(({ domain }) => domains[domain]);
    this.#values = new Float64Array(this.size);
    this.#seed = new Float64Array(observations.length);
  }

  /** The objective at `theta`; writes its gradient. */
  readonly evaluate = (theta: Float64Array, gradient: Float64Array): number => {
    const predictions = this.#predict(theta);
    const { weights, logObserved, huberDelta } = this;
    let total = 0;
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!;
      const residual = Math.log(predictions[i]!) - logObserved[i]!;
      const size = Math.abs(residual);
      if (size <= huberDelta) {
        total += (weight * residual * residual) / 2;
        this.#seed[i] = (weight * residual) / predictions[i]!;
      } else {
        total += weight * huberDelta * (size - huberDelta / 2);
        this.#seed[i] = (weight * huberDelta * Math.sign(residual)) / predictions[i]!;
      }
    }
    gradient.fill(0);
    this.#compiled.addGradient(this.#seed, gradient);
    for (let p = 0; p < this.size; p++) gradient[p]! *= this.#spaces[p]!.slope(this.#values[p]!);
    return total;
  };

  /** The predictions at `theta`. */
  predictions(theta: Float64Array): Float64Array {
    return Float64Array.from(this.#predict(theta));
  }

  /** `log prediction − log observed` of each observation. */
  residuals(theta: Float64Array): Float64Array {
    return this.#predict(theta).map((prediction, i) => Math.log(prediction) - this.logObserved[i]!);
  }

  /** The derivative of the logarithm of every prediction by each coordinate, a column for each. */
  logJacobian(theta: Float64Array): Float64Array[] {
    const predictions = this.#predict(theta);
    const columns = this.#compiled.jacobian(this.size);
    columns.forEach((column, p) => {
      const slope = this.#spaces[p]!.slope(this.#values[p]!);
      for (let i = 0; i < column.length; i++) column[i]! *= slope / predictions[i]!;
    });
    return columns;
  }

  /**
   * The Gauss–Newton matrix `Σ w · rowᵀ row` of the log predictions (row-major). With `robust` each observation is
   * weighted by `min(1, huberDelta/|residual|)`, which bounds the curvature of Huber's loss from above.
   */
  gaussNewton(theta: Float64Array, robust: boolean): Float64Array {
    const { size } = this;
    const columns = this.logJacobian(theta);
    const residuals = robust ? this.residuals(theta) : undefined;
    const weights = this.weights.map((weight, i) => {
      const residual = Math.abs(residuals?.[i] ?? 0);
      return residual > this.huberDelta ? (weight * this.huberDelta) / residual : weight;
    });
    const matrix = new Float64Array(size * size);
    for (let p = 0; p < size; p++) {
      const left = columns[p]!;
      for (let q = 0; q <= p; q++) {
        const right = columns[q]!;
        let sum = 0;
        for (let i = 0; i < weights.length; i++) sum += weights[i]! * left[i]! * right[i]!;
        matrix[p * size + q] = sum;
        matrix[q * size + p] = sum;
      }
    }
    return matrix;
  }

  /**
   * The parts of the predictions over what was observed: one column for each parameter in which the law is linear (its
   * factor), and what is left without them.
   */
  linearParts(theta: Float64Array): { names: number[]; columns: Float64Array[]; rest: Float64Array } {
    const { parameters, linear } = this.law;
    const names = parameters.flatMap(({ name }, p) => (linear.has(name) ? [p] : []));
    const predictions = this.#predict(theta);
    const jacobian = this.#compiled.jacobian(this.size);
    const observed = this.logObserved.map(Math.exp);
    const columns = names.map((p) => jacobian[p]!.map((entry, i) => entry / observed[i]!));
    const rest = predictions.map(
      (prediction, i) =>
        prediction / observed[i]! -
        columns.reduce((sum, column, j) => sum + column[i]! * this.#values[names[j]!]!, 0),
    );
    return { names, columns, rest };
  }

  /** Parameter values at `theta`. */
  toParameters(theta: Float64Array): ParameterValues {
    return Object.fromEntries(
      this.law.parameters.map(({ name }, p) => [name, this.#spaces[p]!.fromFree(theta[p]!)]),
    );
  }

  /** Coordinates of parameter values. */
  fromParameters(values: ParameterValues): Float64Array {
    return Float64Array.from(this.law.parameters, ({ name }, p) => this.#spaces[p]!.toFree(values[name]!));
  }

  #predict(theta: Float64Array): Float64Array {
    for (let p = 0; p < this.size; p++) this.#values[p] = this.#spaces[p]!.fromFree(theta[p]!);
    this.#compiled.evaluate(this.#values);
    const { values } = this.#compiled;
    for (let i = 0; i < values.length; i++) this.#predictions[i] = values[i]! + this.#offsets[i]!;
    return this.#predictions;
  }
}
