import type { ScalingRecord } from '../data/scaling-record.ts';
import type { ScalingLaw } from '../laws/define-law.ts';
import { fitLaw } from './fit-law.ts';
import type { FitOptions } from './fit-options.ts';
import type { FitResult } from './fit-result.ts';

/** One law beside the others. */
export interface ComparedLaw {
  /** Name of the law. */
  readonly law: string;
  /** How many the fit has, one for each level. */
  readonly parameters: number;
  /** Number of runs fitted. */
  readonly points: number;
  /**
   * Mean of `|predicted − observed| / observed` of the positive quantization errors, 0.01 being 1 %; `null` without
   * any.
   */
  readonly relativeErrorOnDelta: number | null;
  /** The same of the losses. */
  readonly relativeErrorOnLoss: number;
  /** Akaike's criterion for few runs, as in {@link InformationCriteria}; smaller is better. */
  readonly aicc: number;
  /** Schwarz's criterion, as in {@link InformationCriteria}; smaller is better. */
  readonly bic: number;
  /**
   * `aicc` less the smallest among the laws that were fitted to the same quantity of the same runs; `null` for a law
   * that has none beside it. Above 10 there is next to no support for the law (Burnham and Anderson 2002).
   */
  readonly aiccDifference: number | null;
  /** What these numbers were taken from. */
  readonly fit: FitResult;
}

/**
 * Fits several laws to the same runs. The relative errors can be compared between all of them; the information
 * criteria only between laws of the same quantity (loss or quantization error) on the same runs.
 *
 * @throws UnidentifiableError and RangeError as `fitLaw`.
 */
export function compareLaws(
  laws: readonly ScalingLaw[],
  records: readonly ScalingRecord[],
  options: FitOptions = {},
): ComparedLaw[] {
  return rankFits(laws.map((law) => fitLaw(law, records, options)));
}

/** Fits that were made already, side by side. */
export function rankFits(fits: readonly FitResult[]): ComparedLaw[] {
  return fits.map((fit) => {
    const peers = fits.filter((other) => response(other) === response(fit));
    const { aicc, bic } = fit.informationCriteria;
    return {
      law: fit.law,
      parameters: Object.keys(fit.parameters).length,
      points: fit.points,
      relativeErrorOnDelta: fit.relativeErrorOnDelta,
      relativeErrorOnLoss: fit.relativeErrorOnLoss,
      aicc,
      bic,
      aiccDifference:
        peers.length > 1 ? aicc - Math.min(...peers.map((peer) => peer.informationCriteria.aicc)) : null,
      fit,
    };
  });
}

/** What a fit was fitted to: information criteria of different things cannot be compared. */
function response({ definition, baseline, logOf, precision, points }: FitResult): string {
  return `${definition.predicts}/${baseline}/${logOf}/${precision}/${points}`;
}
