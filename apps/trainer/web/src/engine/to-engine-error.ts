import { GpuError, UnsupportedDeviceError } from '@nibble-ml/tfjs-bridge/webgpu';
import { WasmMemoryError } from '@nibble-ml/tfjs-bridge/wasm';
import { CheckpointError } from '../../../src/run/checkpoint-manifest.ts';
import { NonFiniteError } from '../../../src/training/non-finite-error.ts';
import { EngineProblem } from './engine-problem.ts';
import type { EngineError } from './engine-error.ts';

const OUT_OF_MEMORY =
  'take a smaller batch, context or model, or go on in a browser or on a machine with more memory; the last checkpoint is whole';

/** Tells what was thrown in words for a person, with its kind and the way out. */
export function toEngineError(error: unknown): EngineError {
  if (error instanceof EngineProblem) return error.told;
  if (error instanceof GpuError && error.kind === 'lost') {
    return {
      kind: 'device-lost',
      message: `the browser has lost the GPU (${error.message}); the run is as of its last checkpoint: go on with it, which opens the GPU again`,
    };
  }
  if (isOutOfMemory(error)) {
    return {
      kind: 'out-of-memory',
      message: `there is not enough memory (${textOf(error)}); ${OUT_OF_MEMORY}`,
    };
  }
  if (error instanceof UnsupportedDeviceError) return { kind: 'no-webgpu', message: error.message };
  if (isQuota(error)) {
    return {
      kind: 'quota',
      message: `the browser gives this page no more disk (${textOf(error)}); delete or export runs; the last checkpoint is whole`,
    };
  }
  if (error instanceof NonFiniteError) return { kind: 'diverged', message: error.message };
  if (error instanceof CheckpointError) return { kind: 'damaged', message: error.message };
  return { kind: 'unexpected', message: textOf(error) };
}

function isOutOfMemory(error: unknown): boolean {
  if (error instanceof GpuError) return error.kind === 'out-of-memory';
  if (error instanceof WasmMemoryError) return true;
  // What the engine says of an array that it has no room for; Chromium, Firefox, Safari. And of buffers too large for the device.
  return (
    error instanceof RangeError &&
    /array buffer allocation|invalid array (buffer )?length|out of memory|checkBuffers/i.test(error.message)
  );
}

function isQuota(error: unknown): boolean {
  if (error instanceof DOMException && error.name === 'QuotaExceededError') return true;
  return error instanceof Error && error.cause !== undefined && isQuota(error.cause);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
