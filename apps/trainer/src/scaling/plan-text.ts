import {
  compactCount,
  decomposeError,
  overtakingTokensPerParameter,
  planTable,
  textTable,
} from '@nibble-ml/scaling-law';
import type { CostModel, ErrorParts, InputRanges, Plan } from '@nibble-ml/scaling-law';
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

/** The parts of the error of one size and its tokens at each group size. */
export function partsText(
  { N, D, ...parts }: ErrorParts & { readonly N: number; readonly D: number },
  groupSizes: readonly number[],
): string {
  const rows = groupSizes.map((G) => {
    const { weights, activations, total, activationShare, ratio } = decomposeError({ N, D, G }, parts);
    return [
      String(G),
      weights.toFixed(4),
      activations.toFixed(4),
      total.toFixed(4),
      `${Math.round(100 * activationShare)} %`,
      ratio.toFixed(2),
      compactCount(overtakingTokensPerParameter({ N, G }, parts)),
    ];
  });
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
