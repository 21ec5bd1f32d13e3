import { backend } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '@nibble-ml/tfjs-bridge/wasm';

/** Bytes of WebAssembly memory in use, as its allocator is called. */
export interface HeapMeter {
  /** Bytes in use that were allocated since. */
  used(): number;
  /** The most that were in use at once. */
  most(): number;
  /** Ends the count. */
  stop(): void;
}

/** Counts what the wasm backend allocates from now on. Its scratch memory counts too while it is in use. */
export function meterHeap(): HeapMeter {
  const { wasm } = backend() as unknown as WasmBackend;
  // Emscripten's stubs put the real functions in their place when they are first called.
  wasm._free(wasm._malloc(1));
  const { _malloc, _free } = wasm;
  const sizes = new Map<number, number>();
  let [used, most] = [0, 0];
  const heap = wasm as { _malloc: typeof _malloc; _free: typeof _free };
  heap._malloc = (bytes) => {
    const offset = _malloc(bytes);
    sizes.set(offset, bytes);
    used += bytes;
    most = Math.max(most, used);
    return offset;
  };
  heap._free = (offset) => {
    used -= sizes.get(offset) ?? 0;
    sizes.delete(offset);
    _free(offset);
  };
  return {
    used: () => used,
    most: () => most,
    stop: () => void Object.assign(heap, { _malloc, _free }),
  };
}
