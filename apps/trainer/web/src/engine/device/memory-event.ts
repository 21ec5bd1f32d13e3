import { backend, getBackend, memory } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { MemoryEvent } from '../engine-event.ts';

/** What the current backend holds. */
export function memoryEvent(): MemoryEvent {
  const { numTensors, numBytes } = memory();
  return { type: 'memory', tensors: numTensors, tensorBytes: numBytes, deviceBytes: deviceBytes() };
}

function deviceBytes(): number {
  if (getBackend() === 'wasm') return (backend() as unknown as WasmBackend).wasm.HEAPU8.length;
  return (backend() as unknown as GpuBackend).bufferManager.numBytesAllocated;
}
