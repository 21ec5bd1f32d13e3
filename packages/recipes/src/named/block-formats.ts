import type {
  BackwardOperand,
  Blocks,
  LayerPrecision,
  ProductGradients,
  QuantizedActivations,
  QuantizedWeights,
  RequantizedOperand,
  ScaleName,
} from '../layer-precision.ts';
import type { Recipe } from '../recipe.ts';
import { BF16_LAYER, STRAIGHT_THROUGH, uniform } from './layers.ts';

function weightBlocks(block: Blocks['block'], scale: ScaleName): QuantizedWeights {
  return { format: 'e2m1', granularity: { block }, scale, estimator: STRAIGHT_THROUGH };
}

function activationBlocks(block: number, scale: ScaleName): QuantizedActivations {
  return { format: 'e2m1', granularity: { block }, scale, outliers: null, clip: null };
}

/** E2M1 in blocks along the sum of a backward product. */
function requantized(
  block: number,
  scale: ScaleName,
  rounding: RequantizedOperand['rounding'],
): RequantizedOperand {
  return { format: 'e2m1', of: 'original', granularity: { block }, scale, headroom: 1, rounding };
}

/** MXFP4 of arXiv 2502.20586: 3/4 of the values, which nothing clips, rounded stochastically. */
const MX_STOCHASTIC: RequantizedOperand = { ...requantized(32, 'e8m0Floor', 'stochastic'), headroom: 4 / 3 };
const NV_STOCHASTIC = requantized(16, 'e4m3', 'stochastic');
const NV_NEAREST = requantized(16, 'e4m3', 'nearestEven');
const QUARTET_BACKWARD: RequantizedOperand = { ...MX_STOCHASTIC, of: 'forward' };

const MX_LAYER: LayerPrecision = {
  weights: weightBlocks(32, 'e8m0Floor'),
  activations: activationBlocks(32, 'e8m0Floor'),
  gradients: {
    format: 'perProduct',
    dgrad: { gradient: MX_STOCHASTIC, weights: MX_STOCHASTIC, hadamard: { size: 64, signs: 'fresh' } },
    wgrad: { gradient: MX_STOCHASTIC, activations: MX_STOCHASTIC, hadamard: { size: 64, signs: 'fresh' } },
  },
  hadamard: null,
};

/** The backward products of NVIDIA's recipe. */
function nvGradients(weights: BackwardOperand): ProductGradients {
  return {
    format: 'perProduct',
    dgrad: { gradient: NV_STOCHASTIC, weights, hadamard: null },
    wgrad: { gradient: NV_STOCHASTIC, activations: NV_NEAREST, hadamard: { size: 16, signs: 'fixed' } },
  };
}

const NV_LAYER: LayerPrecision = {
  weights: weightBlocks([16, 16], 'e4m3'),
  activations: activationBlocks(16, 'e4m3'),
  // Scales of 16 x 16 weights are the same along either axis, so forward and dgrad take the same values.
  gradients: nvGradients({ format: 'asForward' }),
  hadamard: null,
};

const NV_LAYER_LATE: LayerPrecision = {
  ...BF16_LAYER,
  gradients: nvGradients({ ...NV_NEAREST, granularity: { block: [16, 16] } }),
};

const ALL_THE_WAY_LAYER: LayerPrecision = {
  weights: weightBlocks(16, 'e4m3'),
  activations: activationBlocks(16, 'e4m3'),
  gradients: {
    format: 'perProduct',
    dgrad: { gradient: NV_STOCHASTIC, weights: NV_NEAREST, hadamard: null },
    wgrad: { gradient: NV_STOCHASTIC, activations: NV_STOCHASTIC, hadamard: null },
  },
  hadamard: null,
};

const QUARTET_LAYER: LayerPrecision = {
  weights: weightBlocks(32, 'quest'),
  activations: activationBlocks(32, 'quest'),
  gradients: {
    format: 'perProduct',
    dgrad: {
      gradient: MX_STOCHASTIC,
      weights: QUARTET_BACKWARD,
      hadamard: { size: 32, signs: 'fresh' },
    },
    wgrad: {
      gradient: MX_STOCHASTIC,
      activations: QUARTET_BACKWARD,
      hadamard: { size: 32, signs: 'fresh' },
    },
  },
  hadamard: 32,
};

/** Recipes whose three products all take four bits, in blocks. */
export const blockFormatRecipes: readonly Recipe[] = [
  uniform(
    'mxfp4',
    MX_LAYER,
    'MXFP4 everywhere: forward rounded to nearest, backward stochastically after a random Hadamard transform of 64.',
    'forward: OCP Microscaling Formats 1.0; backward: arXiv 2502.20586',
  ),
  {
    ...uniform(
      'nvfp4',
      NV_LAYER,
      'NVFP4 everywhere: weights in blocks of 16 x 16, gradients rounded stochastically, a random Hadamard transform of 16 before the weight gradient; the last 15 % of the blocks in BF16, and the forward products after 82 % of the steps.',
      'arXiv 2509.25149, sections 4 and 5, appendix B',
    ),
    overrides: [{ roles: null, blocks: { lastShare: 0.15 }, layer: BF16_LAYER }],
    switchAt: { fraction: 0.82, layer: NV_LAYER_LATE },
  },
  uniform(
    'fp4-all-the-way',
    ALL_THE_WAY_LAYER,
    'NVFP4 everywhere: rounded to nearest but for the output gradients and the activations of the weight gradient, which are rounded stochastically.',
    'arXiv 2505.19115',
  ),
  uniform(
    'quartet',
    QUARTET_LAYER,
    "MXFP4 after Hadamard transforms of 32: QuEST's scales forward, stochastic rounding backward; no gradient passes what was clipped.",
    'arXiv 2505.14669 and its released code',
  ),
];
