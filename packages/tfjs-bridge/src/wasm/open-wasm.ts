import { backend, setBackend } from '@tensorflow/tfjs-core';
import { requireMemory } from './require-memory.ts';
import { shareClones } from './share-clones.ts';
import type { WasmBackend } from './wasm-backend.ts';

/** The names of tfjs-wasm's `.wasm` files; an engine loads one of them. */
export type WasmFile =
  'tfjs-backend-wasm.wasm' | 'tfjs-backend-wasm-simd.wasm' | 'tfjs-backend-wasm-threaded-simd.wasm';

/** Options of {@link openWasm}. */
export interface OpenWasmOptions {
  /**
   * Where tfjs-wasm's `.wasm` files are served from: a folder with a trailing slash, or the addresses of all three by their
   * names, as bundlers give it. Needed in a bundled page only.
   */
  readonly wasmPaths?: string | Readonly<Record<WasmFile, string>>;
}

/**
 * Loads tfjs's wasm backend, with one thread, and makes it the current one.
 *
 * From then on an allocation that cannot be had throws `WasmMemoryError`.
 *
 * @throws Error when the backend cannot be initialized
 */
export async function openWasm(options: OpenWasmOptions = {}): Promise<WasmBackend> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setThreadsCount(1);
  if (options.wasmPaths !== undefined) wasm.setWasmPaths(options.wasmPaths);
  if (!(await setBackend('wasm'))) {
    throw new Error(
      'openWasm: the tfjs wasm backend could not be initialized; check that its .wasm files are served',
    );
  }
  shareClones();
  const opened = backend() as unknown as WasmBackend;
  requireMemory(opened);
  return opened;
}
