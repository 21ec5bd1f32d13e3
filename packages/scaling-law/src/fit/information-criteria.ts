import { normalCdf } from '../statistics/normal.ts';
import { HUBER_CONSTANT } from './residual-scale.ts';

/** How well a law explains the runs, at the price of its parameters. Smaller is better. */
export interface InformationCriteria {
  /** Akaike's, with the correction for few runs (Hurvich and Tsai 1989); infinite where they are too few for it. */
  readonly aicc: number;
  /** Akaike's without the correction: `2k − 2 logLikelihood`, k counting the parameters and the scale. */
  readonly aic: number;
  /** Schwarz's (1978): `k ln n − 2 logLikelihood` for n runs. */
  readonly bic: number;
  /** Natural logarithm, of Huber's distribution at the scale of the greatest likelihood. */
  readonly logLikelihood: number;
  /** Scale of the log residuals, one of the parameters that are counted. */
  readonly scale: number;
}

/** Residuals below this are rounding errors: a fit to noise-free data has no finite likelihood. */
const SMALLEST_SCALE = 1e-12;

/**
 * Criteria from the likelihood of Huber's distribution: normal to 1.345 scales, exponential beyond. Outliers count
 * as in the fit, and the scale is that of the greatest likelihood. Laws can be compared where they were fitted to the
 * same quantity (loss or quantization error) of the same runs.
 */
export function informationCriteria(
  residuals: Float64Array,
  weights: Float64Array,
  lawParameters: number,
): InformationCriteria {
  const n = residuals.length;
  const parameters = lawParameters + 1;
  const k = HUBER_CONSTANT;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Weights say how runs compare with each other; their sum must not count as more runs.
  const sumOf = (term: (u: number) => number): number =>
    residuals.reduce((sum, residual, i) => sum + (weights[i]! * n * term(residual)) / total, 0);
  let scale = Math.max(SMALLEST_SCALE, Math.sqrt(sumOf((residual) => residual * residual) / n));
  // The root of the likelihood equation n = Σ psi(r/s)·r/s, which is a fixed point of this map.
  for (let step = 0; step < 200; step++) {
    const next = Math.max(
      SMALLEST_SCALE,
      scale * Math.sqrt(sumOf((residual) => huberScore(residual / scale, k) * (residual / scale)) / n),
    );
    const change = Math.abs(next / scale - 1);
    scale = next;
    if (change < 1e-12) break;
  }
  const normalization = Math.sqrt(2 * Math.PI) * (2 * normalCdf(k) - 1) + (2 / k) * Math.exp((-k * k) / 2);
  const logLikelihood =
    -n * Math.log(scale * normalization) - sumOf((residual) => huberLoss(residual / scale, k));
  const aic = 2 * parameters - 2 * logLikelihood;
  const spare = n - parameters - 1;
  return {
    aicc: spare > 0 ? aic + (2 * parameters * (parameters + 1)) / spare : Infinity,
    aic,
    bic: parameters * Math.log(n) - 2 * logLikelihood,
    logLikelihood,
    scale,
  };
}

function huberScore(u: number, k: number): number {
  return Math.abs(u) <= k ? u : k * Math.sign(u);
}

function huberLoss(u: number, k: number): number {
  return Math.abs(u) <= k ? (u * u) / 2 : k * (Math.abs(u) - k / 2);
}
