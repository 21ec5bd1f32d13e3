export { fakeQuantizeClipGradient, fakeQuantizeGradient } from './fake-quantize/fake-quantize-gradient.ts';
export { fakeQuantize } from './fake-quantize/fake-quantize.ts';
export type { FakeQuantFormat, FakeQuantizeOptions, FakeQuantScale } from './fake-quantize/options.ts';
export { hadamardTransform } from './hadamard/hadamard-transform.ts';
export type { HadamardTransformOptions } from './hadamard/options.ts';
export { registerFakeQuant } from './register.ts';
