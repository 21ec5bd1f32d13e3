import type { TensorInfo } from '@tensorflow/tfjs-core';
import { counterBits } from '@nibble-ml/fp4-format';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { linearGrid } from '../wgsl-grid.ts';
import type { GradientProduct } from './fold.ts';
import { NVFP4_BLOCK } from './nvfp4.ts';
import type { GradientAttrs } from './options.ts';
import { AMAX_RUN, columnAmaxWgsl, rowAmaxWgsl, tensorAmaxWgsl } from './webgpu-amax-wgsl.ts';
import { fixedPointWgsl, INT8_SCALES_WGSL, int8Wgsl, nvfp4Wgsl } from './webgpu-round-wgsl.ts';

const THREADS = 64;

/** The left operand of a gradient product as integers on the GPU: see `IntegerRows`. */
export interface GpuIntegerRows {
  /** int32, an integer where its element lies in dY. */
  readonly values: TensorInfo;
  /** float32 `[rows]`. */
  readonly units: TensorInfo;
  /** Frees both. */
  dispose(): void;
}

/** What all programs of a gradient share. */
interface Source {
  readonly backend: GpuBackend;
  readonly product: GradientProduct;
  readonly dy: TensorInfo;
  readonly scales: TensorInfo;
  readonly scaleStride: number;
  readonly seed: number;
}

/**
 * Rounds dY `[m, n]` to integers as `gradientRows` defines, in two to three dispatches, none of which reads it more than
 * once. Nothing as large as dY is made but the integers, which lie as in dY: nothing is transposed.
 */
export function gradientRowsOnGpu(
  backend: GpuBackend,
  product: GradientProduct,
  dy: TensorInfo,
  scales: TensorInfo,
  scaleStride: number,
  { gradient, seed }: Pick<GradientAttrs, 'gradient' | 'seed'>,
): GpuIntegerRows {
  const [m, n] = dy.shape as [number, number];
  const source: Source = { backend, product, dy, scales, scaleStride, seed };
  const temporary: TensorInfo[] = [];
  const amaxes = (count: number): TensorInfo => {
    const made = backend.makeTensorInfo([count], 'int32', new Int32Array(count));
    temporary.push(made);
    return made;
  };
  const values = gpuOutput(backend, [m, n], 'int32');
  const units = gpuOutput(backend, [product === 'dx' ? m : n], 'float32');
  if (gradient === 'nvfp4') {
    const tensorAmax = amaxes(1);
    findTensorAmax(source, true, tensorAmax);
    roundToNvfp4(source, tensorAmax, values, units);
  } else {
    let tensorAmax: TensorInfo | undefined;
    if (gradient === 'e5m2') findTensorAmax(source, false, (tensorAmax = amaxes(1)));
    const amax = amaxes(units.shape[0]!);
    findRowAmax(source, tensorAmax, amax);
    if (gradient === 'int8') roundToInt8(source, amax, values, units);
    else roundToFixedPoint(source, tensorAmax, amax, values, units);
  }
  for (const { dataId } of temporary) backend.disposeData(dataId);
  return {
    values,
    units,
    dispose: () => {
      for (const { dataId } of [values, units]) backend.disposeData(dataId);
    },
  };
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
  const kind = sourceKind(tensorAmax);
  const isRow = source.product === 'dx';
  const runs = Math.ceil(n / THREADS) * Math.ceil(m / AMAX_RUN);
  run(source, {
    name: 'row amax',
    wgsl: shader(`row ${isRow} ${kind}`, () => (isRow ? rowAmaxWgsl(kind) : columnAmaxWgsl(kind))),
    ...(tensorAmax === undefined ? {} : { inputs: [tensorAmax] }),
    outputs: [amax],
    count: amax.shape[0]!,
    workgroups: isRow ? m : runs,
  });
}

function roundToFixedPoint(
  source: Source,
  tensorAmax: TensorInfo | undefined,
  amax: TensorInfo,
  values: TensorInfo,
  units: TensorInfo,
): void {
  const [m, n] = source.dy.shape as [number, number];
  const kind = sourceKind(tensorAmax);
  run(source, {
    name: 'fixed point',
    wgsl: shader(`fixed ${source.product} ${kind}`, () => fixedPointWgsl(source.product, kind)),
    inputs: tensorAmax === undefined ? [amax] : [tensorAmax, amax],
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

function sourceKind(tensorAmax: TensorInfo | undefined): 'f32' | 'e5m2' {
  return tensorAmax === undefined ? 'f32' : 'e5m2';
}

const shaders = new Map<string, string>();

function shader(key: string, make: () => string): string {
  let wgsl = shaders.get(key);
  if (wgsl === undefined) shaders.set(key, (wgsl = make()));
  return wgsl;
}
