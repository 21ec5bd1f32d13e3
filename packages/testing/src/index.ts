export { gpuSession, testBackends, useBackend } from './backends.ts';
export type { TestBackend } from './backends.ts';
export { meterHeap } from './meter-heap.ts';
export type { HeapMeter } from './meter-heap.ts';
export { expectNoLeaks } from './no-leaks.ts';
export { nullDevice } from './null-device.ts';
export { normalFloats, seededRandom } from './random.ts';
export { bitsOf, readFloats, readInts } from './read-values.ts';
