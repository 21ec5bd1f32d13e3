import type {
  BackwardOperand,
  LayerPrecision,
  QuantizedActivations,
  QuantizedWeights,
} from './layer-precision.ts';
import { isPackable } from './packable.ts';

/** What is wrong with a layer, and at which key. */
export interface LayerProblem {
  readonly path: readonly string[];
  readonly message: string;
}

/** The combinations of a layer's settings that nothing here can run. */
export function checkLayer(layer: LayerPrecision): LayerProblem[] {
  const { weights, activations } = layer;
  return [
    ...('estimator' in weights ? weightProblems(weights, layer) : []),
    ...('outliers' in activations ? activationProblems(activations, layer) : []),
    ...gradientProblems(layer),
  ];
}

function weightProblems(weights: QuantizedWeights, { hadamard }: LayerPrecision): LayerProblem[] {
  const problems: LayerProblem[] = scaleProblems('weights', weights);
  if (weights.estimator.name === 'dge' && !(isPackable(weights) && hadamard === null)) {
    problems.push({
      path: ['weights', 'estimator'],
      message:
        'dge is for E2M1 weights with one scale per channel, per tensor or per block of a multiple of 8 columns, without a Hadamard transform; use straightThrough',
    });
  }
  return problems;
}

function activationProblems(
  activations: QuantizedActivations,
  { gradients, hadamard }: LayerPrecision,
): LayerProblem[] {
  const { format, granularity, scale, outliers, clip } = activations;
  const problems: LayerProblem[] = scaleProblems('activations', activations);
  if (outliers !== null) {
    const isPlain = format === 'e2m1' && scale === 'exact' && clip === null && hadamard === null;
    if (granularity !== 'token') {
      problems.push({
        path: ['activations', 'outliers'],
        message: 'outlier clamping works per token; use granularity "token" or outliers null',
      });
    } else if (!isPlain || gradients.format === 'perProduct') {
      problems.push({
        path: ['activations', 'outliers'],
        message:
          'outlier clamping is for E2M1 with exact scales, without learned clipping, Hadamard transform or gradients perProduct; use outliers null',
      });
    }
  }
  if (clip !== null) {
    const isRow =
      granularity === 'token' || (typeof granularity === 'object' && typeof granularity.block === 'number');
    if (!isRow || scale !== 'exact' || hadamard !== null) {
      problems.push({
        path: ['activations', 'clip'],
        message:
          'learned clipping is for exact scales per token or per block of columns, without a Hadamard transform; use clip null',
      });
    }
  }
  return problems;
}

function scaleProblems(
  key: 'weights' | 'activations',
  { format, granularity, scale }: QuantizedWeights | QuantizedActivations,
): LayerProblem[] {
  const isRow = typeof granularity === 'object' && typeof granularity.block === 'number';
  if (scale !== 'quest' || (format === 'e2m1' && isRow)) return [];
  return [
    {
      path: [key, 'scale'],
      message: 'quest is for E2M1 in blocks of columns; use another scale',
    },
  ];
}

function gradientProblems({ gradients, hadamard }: LayerPrecision): LayerProblem[] {
  if (gradients.format !== 'perProduct') return [];
  const { dgrad, wgrad } = gradients;
  const problems: LayerProblem[] = [];
  const operands: (readonly [string, string, BackwardOperand])[] = [
    ['dgrad', 'gradient', dgrad.gradient],
    ['dgrad', 'weights', dgrad.weights],
    ['wgrad', 'gradient', wgrad.gradient],
    ['wgrad', 'activations', wgrad.activations],
  ];
  for (const [product, key, operand] of operands) {
    const isOriginal = 'of' in operand ? operand.of === 'original' : operand.format !== 'asForward';
    const path = ['gradients', product, key];
    if (key === 'gradient' && 'of' in operand && operand.of === 'forward') {
      problems.push({
        path: [...path, 'of'],
        message: 'there is no gradient in the forward pass; use original',
      });
    }
    if (key !== 'gradient' && hadamard !== null && isOriginal) {
      problems.push({
        path,
        message: `with hadamard ${hadamard} the backward products must take what the forward product took; use asForward, or of "forward"`,
      });
    }
    if ('of' in operand && operand.scale === 'quest') {
      problems.push({
        path: [...path, 'scale'],
        message: 'quest is for forward operands; use another scale',
      });
    }
  }
  return problems;
}
