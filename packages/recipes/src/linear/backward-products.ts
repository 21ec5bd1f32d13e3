import { tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { f32MatMul, fp4MatMulBackward, fp4MatMulDw, fp4MatMulDx } from '@nibble-ml/fp4-gemm';
import type { Fp4BackwardOptions, Fp4GradientOptions, Fp4Tensor } from '@nibble-ml/fp4-gemm';
import type { GradientFormat, LayerPrecision, RandomHadamard } from '../layer-precision.ts';
import { backwardOperand, roundGradient } from './backward-operands.ts';
import type { BackwardSource } from './backward-operands.ts';
import type { RandomStream } from './random-stream.ts';

/** The other operand of a backward product. */
export interface SavedOperand extends BackwardSource {
  /** Codes and scales where there are some. */
  readonly packed: Fp4Tensor | null;
}

/** Random numbers of a layer's backward products. */
export interface BackwardRandom {
  readonly stream: RandomStream;
  /** Seed of the signs that are the same for all layers and steps. */
  readonly fixedSigns: number;
}

/**
 * Both products of the backward pass: `dX = dY · W`, float32 `[M, K]`, and `dW = dYᵀ · X`, float32 `[N, K]`, by the values that
 * the forward product took. Where both run on the integer kernels, these prepare dY together.
 */
export function backwardProducts(
  dyMN: Tensor2D,
  { w, x }: { readonly w: SavedOperand; readonly x: SavedOperand },
  gradients: LayerPrecision['gradients'],
  random: BackwardRandom,
): { dx: Tensor2D; dw: Tensor2D } {
  if (gradients.format !== 'perProduct' && w.packed !== null && x.packed !== null) {
    const { format } = gradients;
    if (isRoundedByKernel(w.packed, format) && isRoundedByKernel(x.packed, format)) {
      return fp4MatMulBackward(dyMN, w.packed, x.packed, bothOptions(format, random.stream));
    }
  }
  const dx = dgrad(dyMN, w, gradients, random);
  return { dx, dw: wgrad(dyMN, x, gradients, random) };
}

/** `dX = dY · W` of the values that the forward product took of X: float32 `[M, K]`. */
function dgrad(
  dyMN: Tensor2D,
  w: SavedOperand,
  gradients: LayerPrecision['gradients'],
  random: BackwardRandom,
): Tensor2D {
  return tidy(() => {
    if (gradients.format === 'perProduct') {
      const { gradient, weights, hadamard } = gradients.dgrad;
      const signs = signsOf(hadamard, random);
      const dy = backwardOperand({ original: () => dyMN, forward: none }, gradient, 1, signs, random.stream);
      return f32MatMul(dy, backwardOperand(w, weights, 0, signs, random.stream));
    }
    const { format } = gradients;
    if (w.packed === null) return f32MatMul(roundGradient(dyMN, format, 1, random.stream), w.forward());
    return isRoundedByKernel(w.packed, format)
      ? fp4MatMulDx(dyMN, w.packed, kernelOptions(format, random.stream))
      : fp4MatMulDx(roundGradient(dyMN, format, 1, random.stream), w.packed);
  });
}

/** `dW = dYᵀ · X` by the values that the forward product took of W: float32 `[N, K]`. */
function wgrad(
  dyMN: Tensor2D,
  x: SavedOperand,
  gradients: LayerPrecision['gradients'],
  random: BackwardRandom,
): Tensor2D {
  return tidy(() => {
    if (gradients.format === 'perProduct') {
      const { gradient, activations, hadamard } = gradients.wgrad;
      const signs = signsOf(hadamard, random);
      const dy = backwardOperand({ original: () => dyMN, forward: none }, gradient, 0, signs, random.stream);
      const values = backwardOperand(x, activations, 0, signs, random.stream);
      return f32MatMul(dy, values, { transposeA: true });
    }
    const { format } = gradients;
    if (x.packed === null) {
      return f32MatMul(roundGradient(dyMN, format, 0, random.stream), x.forward(), { transposeA: true });
    }
    return isRoundedByKernel(x.packed, format)
      ? fp4MatMulDw(dyMN, x.packed, kernelOptions(format, random.stream))
      : fp4MatMulDw(roundGradient(dyMN, format, 0, random.stream), x.packed);
  });
}

type KernelGradient = Exclude<GradientFormat, 'bf16'>;

/** Whether the integer kernels round the gradient themselves: not to BF16, and not where scales vary along the result. */
function isRoundedByKernel(packed: Fp4Tensor, format: GradientFormat): format is KernelGradient {
  return format !== 'bf16' && typeof packed.granularity === 'string';
}

function kernelOptions(gradient: KernelGradient, random: RandomStream): Fp4GradientOptions {
  return isStochastic(gradient) ? { gradient, seed: random.next() } : { gradient };
}

function bothOptions(gradient: KernelGradient, random: RandomStream): Fp4BackwardOptions {
  return isStochastic(gradient) ? { gradient, seedDx: random.next(), seedDw: random.next() } : { gradient };
}

function isStochastic(gradient: KernelGradient): boolean {
  return gradient === 'int8' || gradient === 'nvfp4';
}

function signsOf(hadamard: RandomHadamard | null, { stream, fixedSigns }: BackwardRandom) {
  if (hadamard === null) return null;
  return { size: hadamard.size, seed: hadamard.signs === 'fixed' ? fixedSigns : stream.next() };
}

function none(): never {
  throw new Error(
    'backwardOperand: there is no gradient in the forward pass; parseRecipe refuses to ask for it',
  );
}
