import { util } from '@tensorflow/tfjs-core';
import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What kernels use of tfjs 4.22's wasm backend. */
export interface WasmBackend {
  /** tfjs-wasm's Emscripten module. */
  readonly wasm: {
    /** The whole memory as bytes; Emscripten makes another view when the memory grows. */
    readonly HEAPU8: Uint8Array;
    /** Exports of the WebAssembly instance. */
    readonly asm: {
      /** Holds every tensor and all scratch, at most 4 GiB; its `buffer` is another one after it grows. */
      readonly memory: WebAssembly.Memory;
    };
    /** The byte offset of new memory, as a signed integer; 0 when there is none, which `openWasm` makes an error. */
    _malloc(bytes: number): number;
    /** Frees what `_malloc` gave. */
    _free(offset: number): void;
  };
  /** tfjs's `DataStorage` of this backend. */
  readonly dataIdMap: {
    /** Where a tensor's data lie. */
    get(dataId: object): {
      /** Bytes from the start of the memory, unsigned. */
      memoryOffset: number;
    };
  };
  /** Makes an uninitialized tensor. */
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
}

/**
 * Makes an uninitialized tensor in tfjs-wasm's memory, for a kernel to write.
 *
 * @throws WasmMemoryError when the memory cannot be had
 */
export function wasmOutput(
  backend: WasmBackend,
  shape: readonly number[],
  dtype: 'float32' | 'int32',
): TensorInfo {
  return backend.makeOutput([...shape], dtype);
}

/**
 * The byte offset of a tensor's data in tfjs-wasm's memory. The tensor stays where it is until it is disposed, also
 * when the memory grows.
 */
export function heapOffset(backend: WasmBackend, info: TensorInfo): number {
  return backend.dataIdMap.get(info.dataId).memoryOffset;
}

/**
 * The values of a float32 tensor, row-major: a live view, valid until the memory grows (that is, until the next
 * allocation).
 */
export function heapFloats(backend: WasmBackend, info: TensorInfo): Float32Array {
  const { buffer } = backend.wasm.asm.memory;
  return new Float32Array(buffer, heapOffset(backend, info), util.sizeFromShape(info.shape));
}

/**
 * The values of an int32 tensor, row-major: a live view, valid until the memory grows (that is, until the next
 * allocation).
 */
export function heapInts(backend: WasmBackend, info: TensorInfo): Int32Array {
  const { buffer } = backend.wasm.asm.memory;
  return new Int32Array(buffer, heapOffset(backend, info), util.sizeFromShape(info.shape));
}

/**
 * Calls `body` with the byte offset of `bytes` bytes of scratch memory in tfjs-wasm's heap, 16-byte aligned, and frees
 * it afterwards. Offsets are unsigned; the memory is not cleared.
 *
 * @throws RangeError when the memory cannot be had
 */
export function withScratch<Result>(
  backend: WasmBackend,
  bytes: number,
  body: (offset: number) => Result,
): Result {
  const raw = backend.wasm._malloc(bytes + 16) >>> 0;
  if (raw === 0)
    throw new RangeError(`withScratch: ${bytes} bytes of WebAssembly memory could not be allocated`);
  try {
    return body(Math.ceil(raw / 16) * 16);
  } finally {
    backend.wasm._free(raw);
  }
}
