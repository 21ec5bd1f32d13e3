import type { ScalingRecord } from '../data/scaling-record.ts';
import { UnidentifiableError } from '../fit/identifiability.ts';
import { isHighPrecision } from '../laws/precision-bits.ts';
import { TRAINING_FLOPS_PER_PARAMETER_TOKEN } from '../predict/compute-optimal.ts';
import { fitLine, fitParabola } from './polynomial-fit.ts';
import type { Parabola } from './polynomial-fit.ts';

/** Runs of one compute budget and their parabola. */
export interface IsoflopCurve {
  /** Geometric mean of `6ND` of the runs, FLOPs. */
  readonly flops: number;
  /** The runs, by size. */
  readonly points: readonly {
    /** Non-embedding parameters. */
    readonly N: number;
    /** Training tokens. */
    readonly D: number;
    /** Nats per token. */
    readonly loss: number;
  }[];
  /** Loss as a parabola in `log N`. */
  readonly parabola: Parabola;
  /** Where the parabola is lowest. */
  readonly optimum: {
    /** Non-embedding parameters. */
    readonly N: number;
    /** Training tokens that the budget leaves: `flops / 6N`. */
    readonly D: number;
    /** Of the parabola, nats per token. */
    readonly loss: number;
  };
  /** Whether the lowest point lies outside the runs, so that it is extrapolated. */
  readonly isExtrapolated: boolean;
}

/** What {@link isoflopFit} found. */
export interface IsoflopFit {
  /** Those budgets that have a lowest point, the smallest first. */
  readonly curves: readonly IsoflopCurve[];
  /** `N_opt ∝ C^sizeExponent`. */
  readonly sizeExponent: number;
  /** `D_opt ∝ C^tokenExponent`: 1 less the other. */
  readonly tokenExponent: number;
  /** `N_opt` at a compute of 1 FLOP: the other parameter of the line. */
  readonly sizeCoefficient: number;
  /** What a reader should know; first of all, the bias of the approach. */
  readonly warnings: readonly string[];
}

/** The bias that every fit by this approach has. */
export const ISOFLOP_BIAS: string =
  'approach 2 is biased: a loss of the form E + A/N^alpha + B/D^beta is no parabola in log N, so unless alpha = beta ' +
  'and the sizes lie symmetrically around the optimum, the lowest point of the parabola is off and the exponent drifts ' +
  'with the range of sizes (arXiv 2603.22339); isoflopBias measures it for a design, fitLaw(chinchilla) has none';

/** Budgets closer than this factor are one. */
const SAME_BUDGET = 1.15;

/**
 * Approach 2 of Hoffmann et al. 2022 (arXiv 2203.15556): a parabola in `log N` through the high-precision runs of each
 * compute budget, and a power law through their lowest points.
 *
 * @throws UnidentifiableError if there are not at least two budgets with three sizes each and a lowest point.
 */
export function isoflopFit(records: readonly ScalingRecord[]): IsoflopFit {
  const runs = records
    .filter(({ precision }) => isHighPrecision(precision))
    .map(({ N, D, loss }) => ({ N, D, loss, flops: TRAINING_FLOPS_PER_PARAMETER_TOKEN * N * D }))
    .toSorted((a, b) => a.flops - b.flops);
  const groups: (typeof runs)[] = [];
  for (const run of runs) {
    const group = groups.at(-1);
    if (group !== undefined && run.flops <= group[0]!.flops * SAME_BUDGET) group.push(run);
    else groups.push([run]);
  }
  const usable = groups.filter((group) => new Set(group.map(({ N }) => N)).size >= 3);
  if (usable.length < 2) {
    throw new UnidentifiableError(
      'isoflopFit: at least 2 compute budgets 6ND with 3 sizes each are needed, but the data have ' +
        `${usable.length}; add runs whose sizes differ and whose 6ND agrees within ${Math.round(100 * (SAME_BUDGET - 1))} %`,
    );
  }
  const curves = usable.flatMap(curveOf);
  const warnings = [ISOFLOP_BIAS];
  const shapeless = usable.length - curves.length;
  if (shapeless > 0) warnings.push(`${shapeless} budgets have no lowest point and are left out`);
  if (curves.length < 2) {
    throw new UnidentifiableError(
      `isoflopFit: at least 2 budgets must have a lowest loss between sizes, but ${curves.length} have; add smaller ` +
        'and larger models at each budget',
    );
  }
  const outside = curves.filter(({ isExtrapolated }) => isExtrapolated).length;
  if (outside > 0) warnings.push(`the lowest point of ${outside} budgets lies outside their sizes`);
  const line = fitLine(
    curves.map(({ flops }) => Math.log(flops)),
    curves.map(({ optimum }) => Math.log(optimum.N)),
  );
  return {
    curves,
    sizeExponent: line.slope,
    tokenExponent: 1 - line.slope,
    sizeCoefficient: Math.exp(line.intercept),
    warnings,
  };
}

function curveOf(group: readonly { N: number; D: number; loss: number; flops: number }[]): IsoflopCurve[] {
  const points = group.map(({ N, D, loss }) => ({ N, D, loss })).toSorted((a, b) => a.N - b.N);
  const parabola = fitParabola(
    points.map(({ N }) => Math.log(N)),
    points.map(({ loss }) => loss),
  );
  if (!(parabola.curvature > 0)) return [];
  const flops = Math.exp(group.reduce((sum, run) => sum + Math.log(run.flops), 0) / group.length);
  const N = Math.exp(parabola.center);
  return [
    {
      flops,
      points,
      parabola,
      optimum: { N, D: flops / (TRAINING_FLOPS_PER_PARAMETER_TOKEN * N), loss: parabola.minimum },
      isExtrapolated: N < points[0]!.N || N > points.at(-1)!.N,
    },
  ];
}
