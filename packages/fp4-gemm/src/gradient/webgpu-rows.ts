import type { TensorInfo } from '@tensorflow/tfjs-core';
import { counterBits } from '@nibble-ml/fp4-format';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { linearGrid } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { NVFP4_BLOCK } from './nvfp4.ts';
import type { GradientAttrs } from './options.ts';
import type { LeftOperand } from './webgpu-product-wgsl.ts';
import {
  AMAX_RUN,
  columnAmaxWgsl,
  rowAmaxWgsl,
  rowAmaxWorkgroups,
  tensorAmaxWgsl,
} from './webgpu-amax-wgsl.ts';
import { e5m2Wgsl, INT8_SCALES_WGSL, int8Wgsl, nvfp4Wgsl } from './webgpu-round-wgsl.ts';

const THREADS = 64;

/** What all programs of a gradient share. */
interface Source {
  readonly backend: GpuBackend;
  readonly product: GradientProduct;
  readonly dy: TensorInfo;
  readonly scales: TensorInfo;
  readonly scaleStride: number;
  readonly seed: number;
}

/** The left operand of a gradient product on the GPU: the inputs that its shader starts with. */
export interface GpuLeftOperand {
  readonly kind: LeftOperand;
  readonly inputs: readonly TensorInfo[];
  /** Frees what was made for it. */
  dispose(): void;
}

/**
 * Prepares dY `[m, n]` for a product as `gradientRows` defines, in one to three dispatches. For 'f32' that is the largest
 * magnitude of each row, and the product rounds dY as it reads it; for the others, integers that lie as in dY, which are
 * the only thing as large as dY that is made. Nothing is transposed.
 */
export function prepareGradient(
  backend: GpuBackend,
  product: GradientProduct,
  dy: TensorInfo,
  scales: TensorInfo,
  scaleStride: number,
  { gradient, seed }: Pick<GradientAttrs, 'gradient' | 'seed'>,
): GpuLeftOperand {
  const source: Source = { backend, product, dy, scales, scaleStride, seed };
  const rows = dy.shape[product === 'dx' ? 0 : 1]!;
  const made: TensorInfo[] = [];
  const amaxes = (count: number): TensorInfo => {
    const zeros = backend.makeTensorInfo([count], 'int32', new Int32Array(count));
    made.push(zeros);
    return zeros;
  };
  const dispose = (): void => {
    for (const { dataId } of made) backend.disposeData(dataId);
  };
  if (gradient === 'f32') {
    const amax = amaxes(rows);
    findRowAmax(source, undefined, amax);
    return { kind: 'gradient', inputs: [dy, scales, amax], dispose };
  }
  const values = gpuOutput(backend, dy.shape, 'int32');
  const units = gpuOutput(backend, [rows], 'float32');
  made.push(values, units);
  if (gradient === 'nvfp4') {
    const tensorAmax = amaxes(1);
    findTensorAmax(source, true, tensorAmax);
    roundToNvfp4(source, tensorAmax, values, units);
  } else {
    const amax = amaxes(rows);
    if (gradient === 'int8') {
      findRowAmax(source, undefined, amax);
      roundToInt8(source, amax, values, units);
    } else {
      const tensorAmax = amaxes(1);
      findTensorAmax(source, false, tensorAmax);
      findRowAmax(source, tensorAmax, amax);
      roundToE5m2(source, tensorAmax, amax, values, units);
    }
  }
  return { kind: 'integers', inputs: [values, units], dispose };
}

/** A program over dY: inputs are dY, the scales and `inputs`; `count` is what the shader checks its index against. */
interface RowsProgram {
  readonly name: string;
  readonly wgsl: string;
  readonly inputs?: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  readonly count: number;
  readonly workgroups: number;
}

function run(
  { backend, product, dy, scales, scaleStride, seed }: Source,
  { name, wgsl, inputs = [], outputs, count, workgroups }: RowsProgram,
): void {
  const [m, n] = dy.shape as [number, number];
  // The hash of the seed, which counters are added to, is counterBits(0, seed), since the hash of 0 is 0.
  const counter = counterBits(0, seed);
  runProgram(backend, {
    name: `gradient ${product} ${name}`,
    wgsl,
    inputs: [dy, scales, ...inputs],
    outputs,
    params: [m, n, scaleStride, counter, 0, count].map(u32),
    workgroups: linearGrid(workgroups),
  });
}

function findTensorAmax(source: Source, isFolded: boolean, amax: TensorInfo): void {
  const [m, n] = source.dy.shape as [number, number];
  run(source, {
    name: 'tensor amax',
    wgsl: shader(`tensor ${source.product} ${isFolded}`, () => tensorAmaxWgsl(source.product, isFolded)),
    outputs: [amax],
    count: m * n,
    workgroups: Math.ceil((m * n) / (THREADS * AMAX_RUN)),
  });
}

function findRowAmax(source: Source, tensorAmax: TensorInfo | undefined, amax: TensorInfo): void {
  const [m, n] = source.dy.shape as [number, number];
  const kind = tensorAmax === undefined ? 'f32' : 'e5m2';
  const isRow = source.product === 'dx';
  run(source, {
    name: 'row amax',
    wgsl: shader(`row ${isRow} ${kind}`, () => (isRow ? rowAmaxWgsl(kind) : columnAmaxWgsl(kind))),
    ...(tensorAmax === undefined ? {} : { inputs: [tensorAmax] }),
    outputs: [amax],
    count: amax.shape[0]!,
    workgroups: rowAmaxWorkgroups(source.product, m, n),
  });
}

function roundToE5m2(
  source: Source,
  tensorAmax: TensorInfo,
  amax: TensorInfo,
  values: TensorInfo,
  units: TensorInfo,
): void {
  const [m, n] = source.dy.shape as [number, number];
  run(source, {
    name: 'e5m2',
    wgsl: shader(`e5m2 ${source.product}`, () => e5m2Wgsl(source.product)),
    inputs: [tensorAmax, amax],
    outputs: [values, units],
    count: m * n,
    workgroups: Math.ceil((m * n) / THREADS),
  });
}

function roundToInt8(source: Source, amax: TensorInfo, values: TensorInfo, units: TensorInfo): void {
  const [m, n] = source.dy.shape as [number, number];
  const rows = units.shape[0]!;
  runProgram(source.backend, {
    name: 'gradient int8 scales',
    wgsl: INT8_SCALES_WGSL,
    inputs: [],
    outputs: [amax, units],
    params: [u32(rows)],
    workgroups: linearGrid(Math.ceil(rows / THREADS)),
  });
  run(source, {
    name: 'int8',
    wgsl: shader(`int8 ${source.product}`, () => int8Wgsl(source.product)),
    inputs: [amax],
    outputs: [values],
    count: m * n,
    workgroups: Math.ceil((m * n) / THREADS),
  });
}

function roundToNvfp4(source: Source, tensorAmax: TensorInfo, values: TensorInfo, units: TensorInfo): void {
  const [m, n] = source.dy.shape as [number, number];
  const [rows, steps] = source.product === 'dx' ? [m, n] : [n, m];
  const count = rows * Math.ceil(steps / NVFP4_BLOCK);
  run(source, {
    name: 'nvfp4',
    wgsl: shader(`nvfp4 ${source.product}`, () => nvfp4Wgsl(source.product)),
    inputs: [tensorAmax],
    outputs: [values, units],
    count,
    workgroups: Math.ceil(count / THREADS),
  });
}

const shaders = new Map<string, string>();

function shader(key: string, make: () => string): string {
  let wgsl = shaders.get(key);
  if (wgsl === undefined) shaders.set(key, (wgsl = make()));
  return wgsl;
}
