import type { WasmBackend } from './wasm-backend.ts';

const instances = new WeakMap<WasmBackend, Map<string, WebAssembly.Exports>>();

/**
 * Instantiates a WebAssembly module on tfjs-wasm's own memory, so that its functions read and write tensors in place
 * by their offsets ({@link heapOffset}). One instance for each backend and module.
 *
 * The module imports `env.memory` with one initial page and has no data segment, which would overwrite tfjs's heap.
 *
 * @param base64 - the module's bytes, as the package's build embeds them
 * @throws WebAssembly.CompileError when the engine does not accept the module; its functions throw Error when one aborts
 */
export function wasmKernels<Kernels extends object>(backend: WasmBackend, base64: string): Kernels {
  let modules = instances.get(backend);
  if (modules === undefined) instances.set(backend, (modules = new Map()));
  let exports = modules.get(base64);
  if (exports === undefined) {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const module = new WebAssembly.Module(bytes);
    exports = new WebAssembly.Instance(module, { env: { memory: backend.wasm.asm.memory, abort: onAbort } })
      .exports;
    modules.set(base64, exports);
  }
  return exports as Kernels;
}

function onAbort(): never {
  throw new Error('wasmKernels: a WebAssembly kernel aborted; this is a bug in the kernel');
}

/** Whether this engine compiles a module: the way to detect SIMD or relaxed SIMD. */
export function engineAccepts(base64: string): boolean {
  return WebAssembly.validate(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
}
