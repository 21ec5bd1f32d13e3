import type { GradConfig, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { fakeQuantizeClipGradient, fakeQuantizeGradient } from './fake-quantize-gradient.ts';
import { FAKE_QUANTIZE, FAKE_QUANTIZE_CLIPPED } from './kernel-name.ts';
import { isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs, FakeQuantizeOptions } from './options.ts';

/** Straight through, masked. Saves x, which decides what saturates: its scales are computed anew. */
export const fakeQuantizeGradientConfig: GradConfig = {
  kernelName: FAKE_QUANTIZE,
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => fakeQuantizeGradient(dy as Tensor2D, saved[0] as Tensor2D, optionsOf(attrs)),
  }),
};

/** As above, and of the clip factors. */
export const fakeQuantizeClippedGradientConfig: GradConfig = {
  kernelName: FAKE_QUANTIZE_CLIPPED,
  inputsToSave: ['x', 'clip'],
  gradFunc: (dy, saved, attrs) => {
    const [x, clip] = saved as [Tensor2D, Tensor1D];
    const options = { ...optionsOf(attrs), clip };
    // tfjs tidies up after each of them, so neither can leave anything for the other.
    return {
      x: () => fakeQuantizeGradient(dy as Tensor2D, x, options),
      clip: () => {
        const { dx, dclip } = fakeQuantizeClipGradient(dy as Tensor2D, x, options);
        dx.dispose();
        return dclip;
      },
    };
  },
};

function optionsOf(attrs: object): FakeQuantizeOptions {
  const { format, rounding, seed, granularity, axis, scale, headroom } = attrs as FakeQuantizeAttrs;
  return isScaled(format)
    ? { format, rounding, seed, granularity, axis, scale, headroom }
    : { format, rounding, seed };
}
