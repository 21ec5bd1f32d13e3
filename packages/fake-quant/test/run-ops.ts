import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Tensor1D } from '@tensorflow/tfjs-core';
import { expectNoLeaks, readFloats } from '@nibble-ml/testing';
import { blockLayout } from '../src/fake-quantize/block-layout.ts';
import {
  fakeQuantizeClipGradient,
  fakeQuantizeGradient,
} from '../src/fake-quantize/fake-quantize-gradient.ts';
import { fakeQuantize } from '../src/fake-quantize/fake-quantize.ts';
import type { FakeQuantizeAttrs, FakeQuantizeOptions } from '../src/fake-quantize/options.ts';

export type Shape = [number, number];

/** Options with the clip factors as an array. */
export type ArrayOptions = Omit<FakeQuantizeOptions, 'clip'> & { readonly clip?: Float32Array };

/** Complete attributes of options. */
export function attrsOf(options: ArrayOptions): FakeQuantizeAttrs {
  const { format, granularity = 'vector', axis = 1, scale = 'exact', headroom = 1 } = options;
  const { rounding = 'nearestEven', seed = 0 } = options;
  return { format, granularity, axis, scale, headroom: Math.fround(headroom), rounding, seed };
}

/** As many clip factors between 0.3 and 1 as there are blocks along the axis. */
export function clipFactors(options: ArrayOptions, [rows, cols]: Shape): Float32Array {
  const { clipCount } = blockLayout(attrsOf(options), rows, cols);
  return Float32Array.from({ length: clipCount }, (_, k) => 1 - (k % 8) / 11);
}

/** Runs `fakeQuantize` on arrays. */
export async function runFakeQuantize(
  x: Float32Array,
  shape: Shape,
  options: ArrayOptions,
): Promise<Float32Array> {
  return expectNoLeaks(async () => {
    const input = tensor2d(x, shape);
    const clip = clipTensor(options);
    const y = fakeQuantize(input, withClip(options, clip));
    const values = (await readFloats(y)).slice();
    for (const tensor of [input, y, clip]) tensor?.dispose();
    return values;
  });
}

/** Runs the gradients on arrays; `dclip` is undefined without clip factors. */
export async function runGradient(
  dy: Float32Array,
  x: Float32Array,
  shape: Shape,
  options: ArrayOptions,
): Promise<{ dx: Float32Array; dclip?: Float32Array }> {
  return expectNoLeaks(async () => {
    const tensors = [tensor2d(dy, shape), tensor2d(x, shape)] as const;
    const clip = clipTensor(options);
    const own = withClip(options, clip);
    const { dx, dclip } =
      clip === undefined
        ? { dx: fakeQuantizeGradient(...tensors, own) }
        : fakeQuantizeClipGradient(...tensors, own);
    const values = (await readFloats(dx)).slice();
    const factors = dclip === undefined ? undefined : (await readFloats(dclip)).slice();
    for (const tensor of [...tensors, clip, dx, dclip]) tensor?.dispose();
    return factors === undefined ? { dx: values } : { dx: values, dclip: factors };
  });
}

function clipTensor({ clip }: ArrayOptions): Tensor1D | undefined {
  return clip === undefined ? undefined : tensor1d(clip);
}

function withClip(arrayOptions: ArrayOptions, clip: Tensor1D | undefined): FakeQuantizeOptions {
  const { clip: factors, ...options } = arrayOptions;
  return factors === undefined || clip === undefined ? options : { ...options, clip };
}
