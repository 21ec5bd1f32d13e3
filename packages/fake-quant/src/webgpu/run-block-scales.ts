import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { blockLayout } from '../fake-quantize/block-layout.ts';
import type { BlockLayout } from '../fake-quantize/block-layout.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { blockScalesWgsl, PARTIALS, PARTIALS_WGSL, scalesMapping } from './block-scales-wgsl.ts';
import { elementParams } from './element-wgsl.ts';
import { threadGrid } from './grid.ts';
import { scaleParams } from './scale-wgsl.ts';

/** Scales of a matrix on the GPU. */
export interface GpuScales {
  /** int32 `[blocks, 2]`: bits of the scale and of its reciprocal. The caller disposes it. */
  readonly scales: TensorInfo;
  readonly layout: BlockLayout;
  /** The members of `BLOCK_PARAMS_WGSL`. */
  readonly params: readonly Param[];
}

/** Computes the scales of a matrix: one dispatch, two where the maximum of the tensor is needed. */
export function runBlockScales(
  backend: GpuBackend,
  x: TensorInfo,
  clip: TensorInfo | undefined,
  attrs: FakeQuantizeAttrs,
): GpuScales {
  const [rows, cols] = x.shape as [number, number];
  const layout = blockLayout(attrs, rows, cols);
  const blocks = layout.scaleRows * layout.scaleCols;
  const mapping = scalesMapping(attrs, layout);
  const readsPartials = mapping === 'partials' || attrs.scale === 'e4m3';
  const partials = readsPartials ? runPartials(backend, x, rows * cols) : undefined;
  const params = blockParams(rows, cols, layout, clip, readsPartials, attrs);
  const scales = gpuOutput(backend, [blocks, 2], 'int32');
  runProgram(backend, {
    name: 'fakeQuantizeScales',
    wgsl: blockScalesWgsl(mapping, attrs.scale === 'quest'),
    inputs: [x, partials ?? x, clip ?? x],
    outputs: [scales],
    params,
    workgroups: mapping === 'groups' ? groupGrid(blocks) : threadGrid(blocks),
  });
  if (partials !== undefined) backend.disposeData(partials.dataId);
  return { scales, layout, params };
}

function runPartials(backend: GpuBackend, x: TensorInfo, size: number): TensorInfo {
  const partials = gpuOutput(backend, [PARTIALS], 'int32');
  runProgram(backend, {
    name: 'fakeQuantizePartials',
    wgsl: PARTIALS_WGSL,
    inputs: [x],
    outputs: [partials],
    params: [u32(size)],
    workgroups: [PARTIALS],
  });
  return partials;
}

function blockParams(
  rows: number,
  cols: number,
  layout: BlockLayout,
  clip: TensorInfo | undefined,
  readsPartials: boolean,
  attrs: FakeQuantizeAttrs,
): Param[] {
  const isOne = clip === undefined || clip.shape[0] === 1;
  const strides = isOne ? [0, 0] : layout.clipsDown ? [0, 1] : [1, 0];
  const { blockRows, blockCols, scaleRows, scaleCols } = layout;
  const hasClip = clip === undefined ? 0 : 1;
  return [
    rows,
    cols,
    blockRows,
    blockCols,
    scaleRows,
    scaleCols,
    hasClip,
    ...strides,
    readsPartials ? 1 : 0,
    0,
  ]
    .map(u32)
    .concat(elementParams(attrs), scaleParams(attrs));
}

/** Workgroups for one block each. */
function groupGrid(blocks: number): [number, number] {
  return blocks <= 65_535 ? [blocks, 1] : [65_535, Math.ceil(blocks / 65_535)];
}
