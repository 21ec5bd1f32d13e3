import {
  compactCount,
  decomposeError,
  overtakingTokensPerParameter,
  planTable,
  textTable,
} from '@nibble-ml/scaling-law';
import type { CostModel, DecomposedError, ErrorParts, InputRanges, Plan } from '@nibble-ml/scaling-law';
import pc from 'picocolors';

/** The costs that a plan rests on, in words. */
function describeCosts(costs: CostModel): string {
  const speeds = Object.entries(costs.speedups)
    .map(([bits, speed]) => `${bits} bits ×${speed}`)
    .join(', ');
  return [
    `costs: training ${costs.trainingFlopsPerParameterToken} FLOPs per parameter and token, ` +
      (costs.trainsInPrecision
        ? 'forward in the precision and backward in 8 bits'
        : 'in 16 bits whatever the precision (simulated quantization)'),
    `speed by the wider operand: ${speeds}; FC2 holds ${costs.fc2Share} of the parameters`,
    `weights: their bits and a scale of ${costs.scaleBits} bits for each group; embeddings in ${costs.highPrecisionBits} bits: ${costs.embeddingParameters(1)}`,
  ].join('\n');
}

/** Plans for a terminal, with what they rest on. */
export function plansText(plans: readonly Plan[], costs: CostModel, inputs: InputRanges): string {
  const extrapolated = plans.some(({ extrapolates }) => extrapolates.length > 0);
  return [
    textTable(planTable(plans)),
    '',
    pc.dim(describeCosts(costs)),
    ...(extrapolated
      ? [
          pc.yellow(
            `note: inputs "beyond fit" lie outside of the runs that the laws were fitted to (${describeInputs(inputs)})`,
          ),
        ]
      : []),
  ].join('\n');
}

function describeRange([low, high]: readonly [number, number]): string {
  return low === high ? compactCount(low) : `${compactCount(low)} to ${compactCount(high)}`;
}

function describeInputs({ N, D, G }: InputRanges): string {
  return [
    `${describeRange(N)} parameters`,
    `${describeRange(D)} tokens`,
    ...(G === null ? [] : [`groups of ${describeRange(G)}`]),
  ].join(', ');
}

/** The parts of an error at a group size. */
export interface PartsAtGroup extends DecomposedError {
  /** Elements that share a scale. */
  readonly G: number;
  /** Tokens per parameter from which on the weights have the larger part. */
  readonly weightsOvertakeAt: number;
}

/** The error of W4A4 at some group sizes, split into weights and activations (arXiv 2505.14302, Section 4.2). */
export function partsAtGroups(
  { N, D, ...parts }: ErrorParts & { readonly N: number; readonly D: number },
  groupSizes: readonly number[],
): PartsAtGroup[] {
  return groupSizes.map((G) => ({
    G,
    ...decomposeError({ N, D, G }, parts),
    weightsOvertakeAt: overtakingTokensPerParameter({ N, G }, parts),
  }));
}

/** {@link partsAtGroups} as a table. */
export function partsText(atGroups: readonly PartsAtGroup[]): string {
  const rows = atGroups.map(
    ({ G, weights, activations, total, activationShare, ratio, weightsOvertakeAt }) => [
      String(G),
      weights.toFixed(4),
      activations.toFixed(4),
      total.toFixed(4),
      `${Math.round(100 * activationShare)} %`,
      ratio.toFixed(2),
      compactCount(weightsOvertakeAt),
    ],
  );
  const head = [
    'G',
    'weights',
    'activations',
    'both (×.906)',
    'of activations',
    'R',
    'weights overtake at D/N',
  ];
  return [pc.bold('Parts of the W4A4 error, nats'), textTable({ head, rows })].join('\n');
}
