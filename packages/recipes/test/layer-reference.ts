import { engine, pad, slice, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { dgeDerivative } from '@nibble-ml/dge';
import {
  fakeQuantize,
  fakeQuantizeClipGradient,
  fakeQuantizeGradient,
  hadamardTransform,
} from '@nibble-ml/fake-quant';
import type { FakeQuantizeOptions } from '@nibble-ml/fake-quant';
import { counterBits, quantize } from '@nibble-ml/fp4-format';
import { clampOutliers } from '@nibble-ml/occ';
import type { BackwardOperand, LayerPrecision, RandomHadamard } from '../src/layer-precision.ts';
import { RandomStream } from '../src/linear/random-stream.ts';
import { matrix, multiply, transposed } from './matrix.ts';
import type { Matrix } from './matrix.ts';

/** What a linear layer computes. */
export interface LayerProducts {
  readonly y: Matrix;
  readonly dx: Matrix;
  readonly dw: Matrix;
  readonly dclip: Float32Array;
}

/** What goes into it. */
export interface LayerInputs {
  readonly x: Matrix;
  readonly w: Matrix;
  readonly dy: Matrix;
  /** Learned clip factors. */
  readonly clip: Float32Array | undefined;
  readonly seed: number;
  /** Optimizer steps done, which decide the random numbers. */
  readonly step: number;
}

/**
 * A layer by its definition: operands quantized by the ops of fake-quant on the cpu backend, products in float64. Output
 * gradients that all products share are left as they are.
 */
export function layerReference(layer: LayerPrecision, inputs: LayerInputs): LayerProducts {
  engine().startScope();
  const products = productsOf(layer, inputs);
  engine().endScope();
  return products;
}

function productsOf(layer: LayerPrecision, { x, w, dy, clip, seed, step }: LayerInputs): LayerProducts {
  const { weights, activations, gradients, hadamard } = layer;
  const random = new RandomStream(seed);
  random.startStep(step);
  const [xOptions, wOptions] = [forwardOptions(activations), forwardOptions(weights)];
  const outliers = 'outliers' in activations ? activations.outliers : null;
  const clamped =
    outliers === null
      ? x
      : { ...x, values: clampOutliers(Float32Array.from(x.values), x.rows, x.cols, outliers.alpha).clamped };
  const residual = { ...x, values: x.values.map((value, i) => value - clamped.values[i]!) };
  const [xTurned, wTurned] = [turned(clamped, hadamard, 1), turned(w, hadamard, 1)];
  const xq = quantized(xTurned, xOptions, clip);
  const wq = quantized(wTurned, wOptions);
  const compensates = outliers !== null && outliers.compensation !== null;

  const y = multiply(xq, transposed(wq));
  if (compensates) add(y, multiply(residual, transposed(w)));

  let dx: Matrix;
  let dw: Matrix;
  if (gradients.format === 'perProduct') {
    const { dgrad, wgrad } = gradients;
    const dSigns = signsOf(dgrad.hadamard, random, seed);
    const dyD = backward(dy, dy, dgrad.gradient, 1, dSigns, random);
    dx = multiply(dyD, backward(w, wq, dgrad.weights, 0, dSigns, random));
    const wSigns = signsOf(wgrad.hadamard, random, seed);
    const dyW = backward(dy, dy, wgrad.gradient, 0, wSigns, random);
    dw = multiply(transposed(dyW), backward(x, xq, wgrad.activations, 0, wSigns, random));
  } else {
    dx = multiply(dy, wq);
    dw = multiply(transposed(dy), xq);
  }
  let dclip = new Float32Array();
  if (clip !== undefined) {
    const options = { ...xOptions!, clip: tensor1d(clip) };
    const clipped = fakeQuantizeClipGradient(tensorOf(dx), tensorOf(x), options);
    dx = matrixOf(clipped.dx);
    dclip = Float32Array.from(clipped.dclip.dataSync());
  }
  if (xOptions?.scale === 'quest') dx = masked(dx, xTurned, xOptions);
  if (wOptions?.scale === 'quest') dw = masked(dw, wTurned, wOptions);
  if (hadamard !== null) [dx, dw] = [turnedBack(dx, hadamard, x.cols), turnedBack(dw, hadamard, w.cols)];
  if ('estimator' in weights && weights.estimator.name === 'dge') {
    const { estimator, granularity, scale } = weights;
    const { scales } = quantize(Float32Array.from(w.values), w.rows, w.cols, {
      granularity: granularity === 'channel' ? 'vector' : granularity,
      scale: scale as Exclude<typeof scale, 'quest'>,
    });
    const perRow = scales.length / w.rows;
    dw.values.forEach((value, i) => {
      const [row, col] = [Math.floor(i / w.cols), i % w.cols];
      const block = typeof granularity === 'object' ? Math.floor(col / Number(granularity.block)) : 0;
      const divisor = scales[granularity === 'tensor' ? 0 : row * perRow + block]!;
      dw.values[i] = value * dgeDerivative(w.values[i]! / divisor, { k: estimator.k, clip: estimator.clip });
    });
  }
  if (compensates) add(dw, multiply(transposed(dy), residual));
  return { y, dx, dw, dclip };
}

function forwardOptions(operand: LayerPrecision['weights'] | LayerPrecision['activations']) {
  if (operand.format === 'f32') return null;
  if (operand.format === 'bf16') return { format: operand.format } satisfies FakeQuantizeOptions;
  const { format, granularity, scale } = operand as Exclude<typeof operand, { format: 'f32' | 'bf16' }>;
  const isRow = granularity === 'channel' || granularity === 'token';
  return { format, granularity: isRow ? 'vector' : granularity, scale } satisfies FakeQuantizeOptions;
}

function backward(
  original: Matrix,
  forward: Matrix,
  operand: BackwardOperand,
  axis: 0 | 1,
  signs: { size: RandomHadamard['size']; seed: number } | null,
  random: RandomStream,
): Matrix {
  const isForward = operand.format === 'asForward' || ('of' in operand && operand.of === 'forward');
  const source = turned(isForward ? forward : original, signs?.size ?? null, axis, signs?.seed);
  if (operand.format === 'asForward' || operand.format === 'f32') return source;
  if (!('of' in operand)) return quantized(source, { format: operand.format });
  const { of: _, ...options } = operand;
  const seed = operand.rounding === 'stochastic' ? { seed: random.next() } : {};
  return quantized(source, { ...options, axis, ...seed });
}

function signsOf(hadamard: RandomHadamard | null, random: RandomStream, seed: number) {
  if (hadamard === null) return null;
  return { size: hadamard.size, seed: hadamard.signs === 'fixed' ? counterBits(seed, -1) : random.next() };
}

function quantized(source: Matrix, options: FakeQuantizeOptions | null, clip?: Float32Array): Matrix {
  if (options === null) return source;
  const factors = clip === undefined ? {} : { clip: tensor1d(clip) };
  return matrixOf(fakeQuantize(tensorOf(source), { ...options, ...factors }));
}

function masked(dy: Matrix, source: Matrix, options: FakeQuantizeOptions): Matrix {
  return matrixOf(fakeQuantizeGradient(tensorOf(dy), tensorOf(source), options));
}

function turned(source: Matrix, size: 16 | 32 | 64 | 128 | null, axis: 0 | 1, seed?: number): Matrix {
  if (size === null) return source;
  const added = (size - ((axis === 0 ? source.rows : source.cols) % size)) % size;
  const filled = pad(
    tensorOf(source),
    axis === 0
      ? [
          [0, added],
          [0, 0],
        ]
      : [
          [0, 0],
          [0, added],
        ],
  );
  return matrixOf(hadamardTransform(filled, { size, axis, ...(seed === undefined ? {} : { seed }) }));
}

function turnedBack(source: Matrix, size: 16 | 32 | 64 | 128, cols: number): Matrix {
  const whole = hadamardTransform(tensorOf(source), { size, inverse: true });
  return matrixOf(slice(whole, [0, 0], [source.rows, cols]));
}

function tensorOf({ values, rows, cols }: Matrix): Tensor2D {
  return tensor2d(Float32Array.from(values), [rows, cols]);
}

function matrixOf(tensor: Tensor2D): Matrix {
  return matrix(tensor.dataSync().slice() as Float32Array, tensor.shape[0], tensor.shape[1]);
}

function add(sum: Matrix, other: Matrix): void {
  other.values.forEach((value, i) => (sum.values[i] = sum.values[i]! + value));
}
