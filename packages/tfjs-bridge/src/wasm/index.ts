export { openWasm } from './open-wasm.ts';
export type { OpenWasmOptions, WasmFile } from './open-wasm.ts';
export { WasmMemoryError } from './require-memory.ts';
export { heapFloats, heapInts, heapOffset, wasmOutput, withScratch } from './wasm-backend.ts';
export type { WasmBackend } from './wasm-backend.ts';
export { engineAccepts, wasmKernels } from './wasm-kernels.ts';
