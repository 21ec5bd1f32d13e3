import { backend, getBackend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';

/** Counts bytes of the device from when it was made. */
export interface DeviceMeter {
  /** Bytes that the device has to have for what was allocated since, at the worst moment. */
  most(): number;
  /** Ends the count. */
  stop(): void;
}

/**
 * Counts what the current backend allocates from now on: on wasm the bytes in use at once; on webgpu what tfjs's pool of
 * buffers comes to, which never gives one back and reuses it for its own size alone.
 *
 * @throws Error on another backend
 */
export function meterDevice(): DeviceMeter {
  const name = getBackend();
  if (name === 'wasm') return meterWasm();
  if (name === 'webgpu') return meterWebGpu();
  throw new Error(`meterDevice: the backend must be wasm or webgpu, but got ${name}`);
}

function meterWasm(): DeviceMeter {
  const { wasm } = backend() as unknown as WasmBackend;
  // Emscripten's stubs put the real functions in their place when they are first called.
  wasm._free(wasm._malloc(1));
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [used, most] = [0, 0];
  Object.assign(wasm, {
    _malloc: (bytes: number): number => {
      const offset = _malloc(bytes);
      sizes.set(offset, bytes);
      used += bytes;
      most = Math.max(most, used);
      return offset;
    },
    _free: (offset: number): void => {
      used -= sizes.get(offset) ?? 0;
      sizes.delete(offset);
      _free(offset);
    },
  });
  return { most: () => most, stop: () => void Object.assign(wasm, { _malloc, _free }) };
}

/** tfjs's pool: what `GpuBackend` has of it, and how buffers go back. */
type BufferPool = GpuBackend['bufferManager'] & { releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void };

function meterWebGpu(): DeviceMeter {
  const pool = (backend() as unknown as GpuBackend).bufferManager as BufferPool;
  const { acquireBuffer, releaseBuffer } = pool;
  const counted = new Set<GPUBuffer>();
  const inUse = new Map<string, number>();
  const needed = new Map<string, { bytes: number; count: number }>();
  Object.assign(pool, {
    acquireBuffer: (...args: Parameters<typeof acquireBuffer>): GPUBuffer => {
      const buffer = acquireBuffer.apply(pool, args);
      const key = `${buffer.size} ${buffer.usage}`;
      const count = (inUse.get(key) ?? 0) + 1;
      counted.add(buffer);
      inUse.set(key, count);
      if (count > (needed.get(key)?.count ?? 0)) needed.set(key, { bytes: buffer.size, count });
      return buffer;
    },
    releaseBuffer: (...args: Parameters<typeof releaseBuffer>): void => {
      const key = `${args[0].size} ${args[0].usage}`;
      if (counted.delete(args[0])) inUse.set(key, inUse.get(key)! - 1);
      releaseBuffer.apply(pool, args);
    },
  });
  return {
    most: () => [...needed.values()].reduce((sum, { bytes, count }) => sum + bytes * count, 0),
    stop: () => void Object.assign(pool, { acquireBuffer, releaseBuffer }),
  };
}
