import { counterBits } from '@nibble-ml/fp4-format';
import { gpuOutput, runProgram, u32 } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, Param } from '@nibble-ml/tfjs-bridge/webgpu';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { blockLayout } from '../fake-quantize/block-layout.ts';
import type { BlockLayout } from '../fake-quantize/block-layout.ts';
import type { FakeQuantizeAttrs } from '../fake-quantize/options.ts';
import { blockScalesWgsl, PARTIALS, PARTIALS_WGSL, scalesMapping } from './block-scales-wgsl.ts';
import { threadGrid } from './grid.ts';
import { scaleParams } from './scale-wgsl.ts';

/** Scales of a matrix on the GPU. */
export interface GpuScales {
  /** int32 `[blocks, 2]`: bits of the scale and of its reciprocal. The caller disposes it. */
  readonly scales: TensorInfo;
  readonly layout: BlockLayout;
  /** The members of `LAYOUT_PARAMS_WGSL`. */
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
  const params = layoutParams(rows, cols, layout, clip, attrs);
  const mapping = scalesMapping(attrs, layout);
  const partials =
    mapping === 'partials' || attrs.scale === 'e4m3' ? [runPartials(backend, x, rows * cols)] : [];
  const scales = gpuOutput(backend, [blocks, 2], 'int32');
  runProgram(backend, {
    name: 'fakeQuantizeScales',
    wgsl: blockScalesWgsl(attrs, mapping, clip !== undefined),
    inputs: [x, ...partials, ...(clip === undefined ? [] : [clip])],
    outputs: [scales],
    params,
    workgroups: mapping === 'groups' ? groupGrid(blocks) : threadGrid(blocks),
  });
  for (const { dataId } of partials) backend.disposeData(dataId);
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

function layoutParams(
  rows: number,
  cols: number,
  layout: BlockLayout,
  clip: TensorInfo | undefined,
  attrs: FakeQuantizeAttrs,
): Param[] {
  const isOne = clip === undefined || clip.shape[0] === 1;
  const strides = isOne ? [0, 0] : layout.clipsDown ? [0, 1] : [1, 0];
  const { blockRows, blockCols, scaleRows, scaleCols } = layout;
  // The hash of the seed, which counters are added to: that of 0 is 0.
  const counter = counterBits(0, attrs.seed);
  return [rows, cols, blockRows, blockCols, scaleRows, scaleCols, ...strides, counter, 0]
    .map(u32)
    .concat(scaleParams(attrs));
}

/** Workgroups for one block each. */
export function groupGrid(blocks: number): [number, number] {
  return blocks <= 65_535 ? [blocks, 1] : [65_535, Math.ceil(blocks / 65_535)];
}
