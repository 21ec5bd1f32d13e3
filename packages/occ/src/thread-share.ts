import { isSoftwareAdapter } from '@nibble-ml/tfjs-bridge/webgpu';

/** How neighbouring outputs are dealt to the threads of a workgroup: thread t has t, t + threads, t + 2 threads, ... */
export interface ThreadShare {
  /** Threads of a workgroup. */
  readonly threads: number;
  /** Outputs of a thread. */
  readonly outputs: number;
}

/** The share that suits a device, for runs of `count` outputs if that is known. The bits do not depend on it. */
export function threadShare(device: GPUDevice, count = 0): ThreadShare {
  // A software adapter runs a few threads as one SIMD register, and to start them costs as much as several outputs.
  return isSoftwareAdapter({ info: device.adapterInfo } as GPUAdapter)
    ? { threads: 8, outputs: count > 128 ? 32 : 16 }
    : { threads: 64, outputs: 4 };
}

/** The lines of a shader for each output of a thread: `line(0)` to `line(outputs - 1)`. */
export function eachOutput({ outputs }: ThreadShare, line: (index: number) => string): string {
  return Array.from({ length: outputs }, (_, index) => line(index)).join('\n');
}
