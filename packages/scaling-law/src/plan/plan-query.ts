import type { InputRanges } from '../fit/fit-result.ts';
import type { ChinchillaParameters } from '../laws/chinchilla.ts';
import { isHighPrecision } from '../laws/precision-bits.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import type { QatDeltaParameters } from '../laws/qat-law.ts';
import { defaultCostModel } from './cost-model.ts';
import type { CostModel, PrecisionChoice } from './cost-model.ts';

/** The laws a plan relies on. */
export interface PlanLaws {
  /** Loss in high precision. */
  readonly base: ChinchillaParameters;
  /** Quantization error of each precision. */
  readonly deltas: Readonly<Record<string, QatDeltaParameters>>;
  /** Where the runs lie that the laws were fitted to. */
  readonly inputs: InputRanges;
}

/** What a plan must keep to, and what it may choose. */
export interface PlanQuery {
  /** Most training FLOPs, counted in those of 16 bits. */
  readonly compute?: number;
  /** Most bytes of the deployed weights. */
  readonly memory?: number;
  /** Most FLOPs of one generated token, counted in those of 16 bits. */
  readonly inference?: number;
  /** Loss that must be reached, nats per token. Without it the least loss is looked for. */
  readonly loss?: number;
  /** The size, where it is settled. */
  readonly N?: number;
  /** The tokens, where they are settled; or the most there are, with `compute`. */
  readonly D?: number;
  /** Precisions to choose from. Default bf16 and all that the laws have. */
  readonly precisions?: readonly string[];
  /** Group sizes to choose from. Default 32, 64, 128, 256. */
  readonly groupSizes?: readonly number[];
  /** With `loss`: what is kept small. Default `compute`, or `memory` where the compute is limited. */
  readonly minimize?: 'compute' | 'memory' | 'inference';
  /** Default the published constants of arXiv 2505.14302. */
  readonly laws?: PlanLaws;
  /** Default {@link defaultCostModel}. */
  readonly costs?: CostModel;
}

/**
 * The published laws: BF16 Chinchilla and every row of Table 1 (arXiv 2505.14302). The ranges are those of the quantized
 * runs that were fitted (Section 4.1): 74 M to 595 M parameters, 10 to 100 billion tokens, groups of 32 up to the hidden
 * size of the largest model. A model of 973 M parameters, up to 200 billion tokens, was predicted and not fitted.
 */
export const publishedPlanLaws: PlanLaws = {
  base: chinchillaConstants.qat,
  deltas: qatDeltaConstants,
  inputs: { N: [7.4e7, 5.95e8], D: [1e10, 1e11], G: [32, 1536] },
};

/** A query with its defaults. */
export interface ResolvedQuery extends PlanQuery {
  readonly laws: PlanLaws;
  readonly costs: CostModel;
  readonly minimize: 'compute' | 'memory' | 'inference';
  readonly choices: readonly PrecisionChoice[];
}

/**
 * Fills in the defaults.
 *
 * @throws RangeError if a limit is not positive, a precision has no law, or nothing limits the size or the tokens.
 */
export function resolveQuery(query: PlanQuery): ResolvedQuery {
  const { laws = publishedPlanLaws, costs = defaultCostModel, groupSizes = [32, 64, 128, 256] } = query;
  const precisions = query.precisions ?? ['bf16', ...Object.keys(laws.deltas)];
  for (const name of ['compute', 'memory', 'inference', 'loss', 'N', 'D'] as const) {
    const value = query[name];
    if (value !== undefined && !(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`planTraining: ${name} must be a positive number, but got ${value}`);
    }
  }
  const unknown = precisions.find((name) => !isHighPrecision(name) && laws.deltas[name] === undefined);
  if (unknown !== undefined) {
    throw new RangeError(
      `planTraining: precisions must be of bf16, ${Object.keys(laws.deltas).join(', ')}, but got ${unknown}`,
    );
  }
  const { compute, memory, inference, loss, N, D } = query;
  if (loss === undefined && compute === undefined && D === undefined) {
    throw new RangeError(
      'planTraining: something must limit the tokens, else more would always be better; pass compute, D or a loss to reach',
    );
  }
  const limitsSize = [compute, memory, inference, N].some((limit) => limit !== undefined);
  if (loss === undefined && !limitsSize) {
    throw new RangeError(
      'planTraining: something must limit the size, else a larger model would always be better; ' +
        'pass compute, memory, inference or N',
    );
  }
  const bad = groupSizes.find((G) => !(G >= 2));
  if (bad !== undefined) {
    throw new RangeError(`planTraining: group sizes must be 2 at least, but got ${bad}`);
  }
  return {
    ...query,
    laws,
    costs,
    minimize: query.minimize ?? (compute === undefined ? 'compute' : 'memory'),
    choices: precisions.flatMap((precision): PrecisionChoice[] =>
      isHighPrecision(precision) ? [{ precision }] : groupSizes.map((G) => ({ precision, G })),
    ),
  };
}
