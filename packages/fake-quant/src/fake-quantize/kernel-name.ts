/** Name of the kernel `x -> y` in tfjs's registry. */
export const FAKE_QUANTIZE = 'FakeQuantize';

/** Name of the kernel `x, clip -> y`: by itself, since tfjs saves the same inputs for every gradient of a name. */
export const FAKE_QUANTIZE_CLIPPED = 'FakeQuantizeClipped';

/** Name of the kernel `dy, x, clip? -> dx, dclip?`. */
export const FAKE_QUANTIZE_GRADIENT = 'FakeQuantizeGradient';
