import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';

/** The largest number of bytes of GPU buffers that there were at once. */
export interface PeakBytes {
  /** Held by tensors, uniforms and commands that have not run yet. */
  readonly used: number;
  /** Taken from the device: used, or kept by tfjs for the next tensor of the same size. */
  readonly allocated: number;
}

/** Watches tfjs's buffers from now on; the returned function gives the peak so far. */
export function meterMemory({ bufferManager }: GpuBackend): () => PeakBytes {
  const peak = { used: 0, allocated: 0 };
  const acquire = bufferManager.acquireBuffer.bind(bufferManager);
  bufferManager.acquireBuffer = (...args) => {
    const buffer = acquire(...args);
    peak.used = Math.max(peak.used, bufferManager.numBytesUsed);
    peak.allocated = Math.max(peak.allocated, bufferManager.numBytesAllocated);
    return buffer;
  };
  return () => ({ ...peak });
}
