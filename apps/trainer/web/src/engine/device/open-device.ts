import { setBackend } from '@tensorflow/tfjs-core';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
import plainUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import { tuneFp4Kernels } from '@nibble-ml/fp4-gemm';
import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { openWebGpu, throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import type { ChosenBackend } from '../../../../src/backend/choose-backend.ts';
import { requireSameBits } from '../../../../src/backend/require-same-bits.ts';
import type { LabBackend } from '../run-summary.ts';

const opened = new Map<LabBackend, ChosenBackend>();

/**
 * Opens a backend, or returns the open one, and makes it the current one. A new one is compared with the definition, bit for
 * bit. A device that is lost counts as closed.
 *
 * @param note - Told, in words for people, what takes a moment
 * @throws UnsupportedDeviceError when there is no WebGPU adapter
 */
export async function openDevice(name: LabBackend, note: (text: string) => void): Promise<ChosenBackend> {
  const open = opened.get(name);
  if (open !== undefined) {
    await setBackend(name);
    return open;
  }
  const backend = name === 'webgpu' ? await openGpu(note) : await openCpu();
  await requireSameBits(backend, note);
  opened.set(name, backend);
  return backend;
}

async function openGpu(note: (text: string) => void): Promise<ChosenBackend> {
  note('opening the GPU');
  // A software adapter is slower than wasm, but the visitor has asked for it by name.
  const { adapter, device, software } = await openWebGpu({ allowSoftware: true });
  void device.lost.then(() => opened.delete('webgpu'));
  if (!software) {
    note(`measuring which FP4 kernels are fastest on ${adapter}`);
    await tuneFp4Kernels();
  }
  return {
    name: 'webgpu',
    adapter,
    reason: 'asked for by name',
    software,
    checkErrors: () => throwOnGpuError(device),
    // The GPU is in another process, whose answers keep their order.
    awaitErrors: () => device.queue.onSubmittedWorkDone().catch(() => undefined),
  };
}

async function openCpu(): Promise<ChosenBackend> {
  await openWasm({
    wasmPaths: {
      'tfjs-backend-wasm.wasm': plainUrl,
      'tfjs-backend-wasm-simd.wasm': simdUrl,
      'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
    },
  });
  return { name: 'wasm', adapter: 'the processor', reason: 'asked for by name', checkErrors: () => {} };
}
