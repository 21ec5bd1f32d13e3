import { cpus } from 'node:os';
import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { openWebGpu, throwOnGpuError } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import type { BenchBackend } from '../report.ts';

/** A tfjs backend to run on: Nibble and stock tfjs open it alike. */
export interface TfjsDevice {
  readonly adapter: string;
  /** tfjs's backend, on webgpu. */
  readonly gpu?: GpuBackend;
  /** Whether the adapter is a GPU, rather than a program that does as if. */
  readonly isHardwareGpu: boolean;
  /** Awaits the completion of everything that was started. Reads nothing back. */
  finish(): Promise<void>;
  /** Throws the first error that the GPU has reported since the last call. */
  throwOnError(): void;
}

/** Opens tfjs's backend: wasm with one thread, or webgpu on any adapter, a software one included. */
export async function openTfjsDevice(backend: BenchBackend): Promise<TfjsDevice> {
  if (backend === 'wasm') {
    await openWasm();
    // tfjs-wasm computes while it is called: nothing is ever pending.
    return {
      adapter: cpuName(),
      isHardwareGpu: false,
      finish: () => Promise.resolve(),
      throwOnError: () => undefined,
    };
  }
  const { adapter, backend: gpu, device, software } = await openWebGpu({ allowSoftware: true });
  return {
    adapter,
    gpu,
    isHardwareGpu: !software,
    async finish() {
      if (gpu.commandEncoder !== null) {
        gpu.endComputePassEncoder();
        gpu.submitQueue();
      }
      await gpu.queue.onSubmittedWorkDone();
    },
    throwOnError: () => throwOnGpuError(device),
  };
}

/** Model of the CPU and version of Node; every wasm contestant runs on one thread of it. */
export function cpuName(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, one thread, Node ${process.versions.node}`;
}
