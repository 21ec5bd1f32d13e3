import type { WasmBackend } from './wasm-backend.ts';

/** WebAssembly's memory is full: 4 GiB, or what the browser gives. */
export class WasmMemoryError extends RangeError {
  /** What tells it apart where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'WasmMemoryError';
}

const guarded = new WeakSet<object>();

/**
 * Makes an allocation that cannot be had an error. tfjs-wasm takes the 0 that it gets for an address and writes over its own
 * data there.
 */
export function requireMemory({ wasm }: WasmBackend): void {
  if (guarded.has(wasm)) return;
  guarded.add(wasm);
  // Emscripten's stub puts the real function in its place when it is first called.
  wasm._free(wasm._malloc(1));
  const allocate = wasm._malloc;
  wasm._malloc = (bytes) => {
    const offset = allocate(bytes);
    if (offset !== 0 || bytes === 0) return offset;
    throw new WasmMemoryError(
      `openWasm: ${bytes.toLocaleString('en')} bytes more of WebAssembly memory could not be had, beside the ${wasm.HEAPU8.length.toLocaleString('en')} there are; take a smaller batch, context or model`,
    );
  };
}
