import { counterBits } from '@nibble-ml/fp4-format';
import { heapOffset, wasmKernels } from '@nibble-ml/tfjs-bridge/wasm';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { wasmBinary } from '../wasm-binary.generated.ts';
import { blockLayout } from './block-layout.ts';
import type { BlockLayout } from './block-layout.ts';
import { elementParameters } from './element-parameters.ts';
import type { FakeQuantizeAttrs } from './options.ts';
import { SCALE_KINDS } from './scale-kinds.ts';

/** The functions of `assembly/`; sizes in elements, offsets in bytes. */
interface FakeQuantizeKernels {
  setElementFormat(
    mantissaBits: number,
    leastExponent: number,
    maxExponent: number,
    target: number,
    greatest: number,
    least: number,
    isInteger: number,
  ): void;
  setScaling(
    x: number,
    rows: number,
    cols: number,
    blockRows: number,
    blockCols: number,
    kind: number,
    headroom: number,
    isStochastic: number,
    counter: number,
    clip: number,
    clipBlockStride: number,
    clipBandStride: number,
  ): void;
  fakeQuantize(x: number, y: number, scratch: number): void;
  fakeQuantizeUnscaled(x: number, y: number, count: number, isStochastic: number, counter: number): void;
  fakeQuantizeGradient(
    dy: number,
    x: number,
    dx: number,
    dclip: number,
    clipCount: number,
    above: number,
    isAboveInside: number,
    below: number,
    isBelowInside: number,
    scratch: number,
  ): void;
  fakeQuantizeGradientUnscaled(dy: number, x: number, dx: number, count: number, limit: number): void;
}

/** The module, set to the element format. */
export function moduleFor(backend: WasmBackend, { format }: FakeQuantizeAttrs): FakeQuantizeKernels {
  const kernels = wasmKernels<FakeQuantizeKernels>(backend, wasmBinary);
  const element = elementParameters(format);
  kernels.setElementFormat(
    element.mantissaBits,
    element.leastExponent,
    element.maxExponent,
    element.target,
    element.greatest,
    element.least,
    element.isInteger ? 1 : 0,
  );
  return kernels;
}

/** Sets the module to the blocks of x and their scales; returns where the blocks lie. */
export function setScaling(
  kernels: FakeQuantizeKernels,
  backend: WasmBackend,
  x: TensorInfo,
  clip: TensorInfo | undefined,
  attrs: FakeQuantizeAttrs,
): BlockLayout {
  const [rows, cols] = x.shape as [number, number];
  const layout = blockLayout(attrs, rows, cols);
  const [down, across] = layout.clipsDown ? [4, 0] : [0, 4];
  const isOne = clip === undefined || clip.shape[0] === 1;
  kernels.setScaling(
    heapOffset(backend, x),
    rows,
    cols,
    layout.blockRows,
    layout.blockCols,
    SCALE_KINDS[attrs.scale],
    attrs.headroom,
    attrs.rounding === 'stochastic' ? 1 : 0,
    // The hash of the seed, which counters are added to: that of 0 is 0.
    counterBits(0, attrs.seed),
    clip === undefined ? 0 : heapOffset(backend, clip),
    isOne ? 0 : across,
    isOne ? 0 : down,
  );
  return layout;
}

/** Bytes of `count` numbers for each block of a row, each on whole vectors. */
export function bandBytes({ scaleCols }: BlockLayout, count: number): number {
  return count * 16 * Math.ceil(scaleCols / 4);
}
