import { freemem } from 'node:os';
import type { ChosenBackend } from '../backend/choose-backend.ts';

/** WebAssembly addresses memory with 32 bits, and tfjs-wasm leaves out the last page. */
const WASM_BYTES = 2 ** 32 - 2 ** 16;

/** Bytes that a run may take, and why. */
export interface DeviceMemory {
  readonly bytes: number;
  /** For people. */
  readonly reason: string;
}

/**
 * Bytes of the device that a run may take: what was given, else what the system says is free now; on wasm at most 4 GiB.
 *
 * @param given - bytes that somebody named
 * @throws RangeError on a GPU when nothing was given, because WebGPU does not tell
 */
export function memoryOfDevice(
  backend: Pick<ChosenBackend, 'name' | 'adapter'>,
  isSoftware: boolean,
  given?: number,
): DeviceMemory {
  if (given === undefined && backend.name === 'webgpu' && !isSoftware) {
    throw new RangeError(
      `--memory must be given for ${backend.adapter}, because WebGPU does not tell how much it has; for example --memory 8GB`,
    );
  }
  const bytes = given ?? freeBytes();
  const reason = given === undefined ? 'free on this machine now' : 'as given';
  return backend.name === 'wasm' && bytes > WASM_BYTES
    ? { bytes: WASM_BYTES, reason: 'all that WebAssembly can address' }
    : { bytes, reason };
}

/** What a process may still take: Node counts the limits of containers in from version 22 on. */
function freeBytes(): number {
  return (process as { availableMemory?: () => number }).availableMemory?.() ?? freemem();
}
