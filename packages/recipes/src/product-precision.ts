import type { BackwardOperand, ForwardOperand, LayerPrecision, RandomHadamard } from './layer-precision.ts';
import { isPackable } from './packable.ts';
import { backwardName, forwardName } from './operand-names.ts';

/** One of the three matrix products of a linear layer: forward, input gradient, weight gradient. */
export type GemmKind = 'fprop' | 'dgrad' | 'wgrad';

/** The three products, in the order they run. */
export const gemmKinds: readonly GemmKind[] = ['fprop', 'dgrad', 'wgrad'];

/** What multiplies: the FP4 kernels of fp4-gemm, with a scale per row or per block, or float32 products. */
export type ProductKind = 'fp4' | 'fp4Blocks' | 'f32';

/** What runs a product of a layer. FP4 kernels do where the FP4 operands of the product are packed codes. */
export function productKind(layer: LayerPrecision, gemm: GemmKind): ProductKind {
  const { weights, activations, gradients, hadamard } = layer;
  const isPacked = (operand: ForwardOperand): boolean => hadamard === null && isPackable(operand);
  if (gemm === 'fprop') {
    const [x, w] = [blockOf(activations), blockOf(weights)];
    const isBoth = isPacked(weights) && isPacked(activations) && (x === w || x === 0 || w === 0);
    return isBoth ? kindOf(Math.max(x, w)) : 'f32';
  }
  const other = gemm === 'dgrad' ? weights : activations;
  return gradients.format !== 'perProduct' && isPacked(other) ? kindOf(blockOf(other)) : 'f32';
}

/** Columns of a block, or 0. */
function blockOf(operand: ForwardOperand): number {
  const isBlocks = 'granularity' in operand && typeof operand.granularity === 'object';
  return isBlocks ? Number(operand.granularity.block) : 0;
}

function kindOf(block: number): ProductKind {
  return block > 0 ? 'fp4Blocks' : 'fp4';
}

/** The operands of a product, and how their products are summed, in words: what a report says of it. */
export function productPrecision(layer: LayerPrecision, gemm: GemmKind): string {
  const { activations } = layer;
  const sums = sumsOf(layer, gemm);
  const outliers = 'outliers' in activations ? activations.outliers : null;
  const residual = gemm === 'dgrad' || outliers === null ? null : outliers.compensation;
  return [
    `${operandsOf(layer, gemm)}, ${sums}`,
    ...transformsOf(layer, gemm),
    ...(residual === null ? [] : [`+ ${residual === 'f32' ? 'f32' : 'E4M3'} sparse residual`]),
  ].join(', ');
}

function operandsOf(layer: LayerPrecision, gemm: GemmKind): string {
  const { weights, activations, gradients } = layer;
  if (gemm === 'fprop') return `${forwardName(activations)} x ${forwardName(weights)}`;
  if (gradients.format !== 'perProduct') {
    const gradient = {
      f32: 'f32',
      bf16: 'BF16',
      e5m2: 'E5M2',
      int8: 'INT8 (stochastic)',
      nvfp4: 'NVFP4 (stochastic)',
    };
    return `${gradient[gradients.format]} x ${forwardName(gemm === 'dgrad' ? weights : activations)}`;
  }
  const [gradient, other]: [BackwardOperand, BackwardOperand] =
    gemm === 'dgrad'
      ? [gradients.dgrad.gradient, gradients.dgrad.weights]
      : [gradients.wgrad.gradient, gradients.wgrad.activations];
  const forward = gemm === 'dgrad' ? weights : activations;
  return `${backwardName(gradient, forward)} x ${backwardName(other, forward)}`;
}

function sumsOf(layer: LayerPrecision, gemm: GemmKind): string {
  const kind = productKind(layer, gemm);
  const { weights, activations, gradients } = layer;
  if (kind === 'f32') {
    const isPlain = [weights, activations, gradients].every(({ format }) => format === 'f32');
    return isPlain ? 'f32 sums' : 'values in f32 products';
  }
  if (gemm === 'fprop') {
    return kind === 'fp4' ? 'exact integer sums' : 'exact integer sums of each block, added in f32';
  }
  if (kind === 'fp4Blocks') return 'codes decoded to f32 products';
  const { format } = gradients;
  return format === 'int8' || format === 'nvfp4' ? 'exact integer sums' : 'exact sums of 24-bit fixed point';
}

function transformsOf({ gradients, hadamard }: LayerPrecision, gemm: GemmKind): string[] {
  if (gemm === 'fprop') return hadamard === null ? [] : [`Hadamard transform of ${hadamard}`];
  if (gradients.format !== 'perProduct') return [];
  const random: RandomHadamard | null = gradients[gemm].hadamard;
  return random === null ? [] : [`random Hadamard transform of ${random.size}`];
}
