import { backend, getBackend, memory } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { MemoryEvent } from '../engine-event.ts';
import type { LabBackend } from '../run-summary.ts';

/** What the current backend holds. */
export function memoryEvent(): MemoryEvent {
  const { numTensors, numBytes } = memory();
  const name = getBackend() as LabBackend;
  return {
    type: 'memory',
    backend: name,
    tensors: numTensors,
    tensorBytes: numBytes,
    deviceBytes: deviceBytes(name),
  };
}

function deviceBytes(name: LabBackend): number {
  if (name === 'wasm') return (backend() as unknown as WasmBackend).wasm.HEAPU8.length;
  return (backend() as unknown as GpuBackend).bufferManager.numBytesAllocated;
}
