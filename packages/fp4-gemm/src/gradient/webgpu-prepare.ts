import type { TensorInfo } from '@tensorflow/tfjs-core';
import { counterBits } from '@nibble-ml/fp4-format';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { linearGrid } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import type { GradientFormat } from './options.ts';
import { rowAmaxWgsl, rowAmaxWorkgroups, tensorAmaxWgsl, tensorAmaxWorkgroups } from './webgpu-amax-wgsl.ts';
import { int8Wgsl, int8Workgroups } from './webgpu-int8-wgsl.ts';
import { nvfp4Wgsl, nvfp4Workgroups } from './webgpu-nvfp4-wgsl.ts';
import type { LeftOperand } from './webgpu-product-wgsl.ts';

/** A product that the gradient is prepared for. */
export interface PreparedFor {
  readonly product: GradientProduct;
  /** The scales of the FP4 operand, and how far apart those of neighbouring rows lie: 1, or 0 for one in all. */
  readonly scales: TensorInfo;
  readonly scaleStride: number;
  readonly seed: number;
}

/** The left operand of a gradient product on the GPU. */
export interface GpuLeftOperand {
  readonly kind: LeftOperand;
  /** The inputs that the product's shader starts with. */
  readonly inputs: readonly TensorInfo[];
  /** Where the rows of the product begin in the last of these. */
  readonly firstRow: number;
}

/** The left operands of one or both gradient products. */
export interface PreparedGradient {
  /** In the order of the products. */
  readonly operands: readonly GpuLeftOperand[];
  /** Frees what was made for them. */
  dispose(): void;
}

/**
 * Prepares dY `[m, n]` for products as `gradientRows` defines, for both in as many dispatches as for one. For 'f32' that is
 * one, which finds the largest magnitude of each row of the products; for 'e5m2' another before it finds that of the
 * tensor, and dY is rounded on the way. These products round to fixed point as they read. 'int8' and 'nvfp4' take a second
 * dispatch, which makes integers, for each product as many as dY has, where they lie in dY. Nothing is transposed.
 *
 * @param targets - dX, dW, or dX before dW
 */
export function prepareGradient(
  backend: GpuBackend,
  dy: TensorInfo,
  targets: readonly PreparedFor[],
  gradient: GradientFormat,
): PreparedGradient {
  const [m, n] = dy.shape as [number, number];
  const made: TensorInfo[] = [];
  const keep = (info: TensorInfo): TensorInfo => {
    made.push(info);
    return info;
  };
  const zeros = (count: number): TensorInfo =>
    keep(backend.makeTensorInfo([count], 'int32', new Int32Array(count)));
  const rowsOf = ({ product }: PreparedFor): number => (product === 'dx' ? m : n);
  const rows = targets.reduce((sum, target) => sum + rowsOf(target), 0);
  // With 'e5m2' the rows lie behind the largest magnitude of the tensor.
  const before = gradient === 'e5m2' ? 1 : 0;
  const firstRows = targets.map((_, i) => before + (i === 0 ? 0 : rowsOf(targets[0]!)));
  const source: Source = { backend, dy, targets, firstRows };

  const fixedPoint = (values: TensorInfo, amax: TensorInfo): GpuLeftOperand[] =>
    targets.map(({ scales }, i) => ({
      kind: 'gradient',
      inputs: [values, scales, amax],
      firstRow: firstRows[i]!,
    }));
  const integers = (round: (outputs: readonly TensorInfo[]) => void): GpuLeftOperand[] => {
    const values = targets.map(() => keep(gpuOutput(backend, dy.shape, 'int32')));
    const units = keep(gpuOutput(backend, [rows], 'float32'));
    round([...values, units]);
    return targets.map((_, i) => ({
      kind: 'integers',
      inputs: [values[i]!, units],
      firstRow: firstRows[i]!,
    }));
  };
  const prepare = (): GpuLeftOperand[] => {
    switch (gradient) {
      case 'f32': {
        const amax = zeros(rows);
        findRowAmax(source, 'f32', [amax]);
        return fixedPoint(dy, amax);
      }
      case 'e5m2': {
        const amax = zeros(before + rows);
        const values = keep(gpuOutput(backend, dy.shape, 'float32'));
        findTensorAmax(source, false, amax);
        findRowAmax(source, 'e5m2', [values, amax]);
        return fixedPoint(values, amax);
      }
      case 'int8': {
        const amax = zeros(rows);
        findRowAmax(source, 'f32', [amax]);
        return integers((outputs) => roundToInt8(source, amax, outputs));
      }
      case 'nvfp4': {
        const amax = zeros(targets.length);
        findTensorAmax(source, true, amax);
        return integers((outputs) => roundToNvfp4(source, amax, outputs));
      }
    }
  };
  const operands = prepare();
  return {
    operands,
    dispose: () => {
      for (const { dataId } of made) backend.disposeData(dataId);
    },
  };
}

/** What all programs of a gradient share. */
interface Source {
  readonly backend: GpuBackend;
  readonly dy: TensorInfo;
  readonly targets: readonly PreparedFor[];
  readonly firstRows: readonly number[];
}

function findTensorAmax(source: Source, isFolded: boolean, amax: TensorInfo): void {
  run(source, {
    name: `tensor amax${isFolded ? ' folded' : ''}`,
    wgsl: (products) => tensorAmaxWgsl(products, isFolded),
    outputs: [amax],
    workgroups: (_, m, n) => tensorAmaxWorkgroups(m, n),
    isShared: true,
  });
}

function findRowAmax(source: Source, format: 'f32' | 'e5m2', outputs: readonly TensorInfo[]): void {
  run(source, {
    name: `row amax ${format}`,
    wgsl: (products) => rowAmaxWgsl(products, format),
    outputs,
    workgroups: rowAmaxWorkgroups,
  });
}

function roundToInt8(source: Source, amax: TensorInfo, outputs: readonly TensorInfo[]): void {
  run(source, {
    name: 'int8',
    wgsl: int8Wgsl,
    inputs: [amax],
    outputs,
    workgroups: (_, m, n) => int8Workgroups(m, n),
    isShared: true,
  });
}

function roundToNvfp4(source: Source, amax: TensorInfo, outputs: readonly TensorInfo[]): void {
  run(source, { name: 'nvfp4', wgsl: nvfp4Wgsl, inputs: [amax], outputs, workgroups: nvfp4Workgroups });
}

/** A program over dY, whose inputs are dY, the scales of each product and `inputs`. */
interface PreparingProgram {
  readonly name: string;
  readonly wgsl: (products: readonly GradientProduct[]) => string;
  readonly inputs?: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Workgroups for a product; or for all of them, where `isShared`. */
  readonly workgroups: (product: GradientProduct, m: number, n: number) => number;
  readonly isShared?: boolean;
}

const shaders = new Map<string, string>();

function run(
  { backend, dy, targets, firstRows }: Source,
  { name, wgsl, inputs = [], outputs, workgroups, isShared = false }: PreparingProgram,
): void {
  const [m, n] = dy.shape as [number, number];
  const products = targets.map(({ product }) => product);
  const label = `gradient ${products.join(' ')} ${name}`;
  if (!shaders.has(label)) shaders.set(label, wgsl(products));
  const parts = products.map((product) => workgroups(product, m, n));
  const count = isShared ? parts[0]! : parts.reduce((sum, part) => sum + part, 0);
  const strides: Record<GradientProduct, number> = { dx: 0, dw: 0 };
  const counters: Record<GradientProduct, number> = { dx: 0, dw: 0 };
  const first: Record<GradientProduct, number> = { dx: 0, dw: 0 };
  for (const [i, { product, scaleStride, seed }] of targets.entries()) {
    strides[product] = scaleStride;
    // The hash of the seed, which counters are added to, is counterBits(0, seed), since the hash of 0 is 0.
    counters[product] = counterBits(0, seed);
    first[product] = firstRows[i]!;
  }
  runProgram(backend, {
    name: label,
    wgsl: shaders.get(label)!,
    inputs: [dy, ...targets.map(({ scales }) => scales), ...inputs],
    outputs,
    params: [m, n, 0, parts[0]!, strides.dx, strides.dw, counters.dx, counters.dw, first.dx, first.dw].map(
      u32,
    ),
    workgroups: linearGrid(count),
  });
}
