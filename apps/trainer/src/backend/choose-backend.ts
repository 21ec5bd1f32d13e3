import { cpus } from 'node:os';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { tuneFp4Kernels } from '@nibble-ml/fp4-gemm';
import { openWasm } from '@nibble-ml/tfjs-bridge/wasm';
import { openWebGpu, throwOnGpuError, UnsupportedDeviceError } from '@nibble-ml/tfjs-bridge/webgpu';
import type { WebGpuSession } from '@nibble-ml/tfjs-bridge/webgpu';

/** What a user may ask for. */
export type BackendRequest = 'auto' | 'webgpu' | 'wasm' | 'cpu';

/** The tfjs backend that computes, and why it was chosen. */
export interface ChosenBackend {
  /** As tfjs registers it. */
  readonly name: 'webgpu' | 'wasm' | 'cpu';
  /** The GPU as its driver words it, or the processor. */
  readonly adapter: string;
  /** One sentence for people. */
  readonly reason: string;
  /** Whether it is a WebGPU adapter that runs on the CPU. */
  readonly software?: boolean;
  /**
   * Throws what the GPU reported since the last call; to be called after awaiting a read-back.
   *
   * @throws GpuError
   */
  checkErrors(): void;
  /** Waits for what the GPU reports of a failure; absent where it is there a turn later, as in Node. */
  readonly awaitErrors?: () => Promise<void>;
}

/** Options of {@link chooseBackend}. */
export interface ChooseBackendOptions {
  /** Told, in words for people, what takes a moment. */
  readonly note?: (text: string) => void;
}

const WEBGPU_HELP =
  'Install the Vulkan driver of the GPU; on Debian and Ubuntu, apt-get install libvulkan1 mesa-vulkan-drivers (24 or newer, on Debian 12 from bookworm-backports) gives a software adapter too. Or run with --backend wasm.';

/**
 * Opens the backend that was asked for. `auto` takes a hardware WebGPU adapter, else wasm, which on a CPU is faster
 * than any software adapter; `webgpu` takes a software adapter too. On a hardware adapter it then measures which variants
 * of the FP4 kernels are fastest; all give the same bits. On software adapters the default is known to be.
 *
 * @throws UnsupportedDeviceError when `webgpu` was asked for and there is no adapter
 * @throws GpuError when the device fails while it is measured
 */
export async function chooseBackend(
  request: BackendRequest,
  { note = () => {} }: ChooseBackendOptions = {},
): Promise<ChosenBackend> {
  if (request === 'webgpu') {
    try {
      const session = await openWebGpu({ allowSoftware: true });
      return await gpuBackend(
        session,
        `asked for by name${session.software ? '; this adapter runs on the CPU' : ''}`,
        note,
      );
    } catch (error) {
      if (!(error instanceof UnsupportedDeviceError)) throw error;
      throw new UnsupportedDeviceError(`--backend webgpu: ${error.message}. ${WEBGPU_HELP}`, {
        cause: error,
      });
    }
  }
  if (request === 'cpu') {
    await import('@tensorflow/tfjs-backend-cpu');
    await setBackend('cpu');
    await ready();
    return cpuBackend('cpu', 'asked for by name; it is the slow reference of the tests');
  }
  if (request === 'wasm') {
    await openWasm();
    return cpuBackend('wasm', 'asked for by name');
  }
  try {
    const session = await openWebGpu();
    return await gpuBackend(session, 'it is a hardware WebGPU adapter', note);
  } catch (error) {
    if (!(error instanceof UnsupportedDeviceError)) throw error;
    await openWasm();
    const why =
      error.softwareAdapter === undefined
        ? `WebGPU found no adapter`
        : `the only WebGPU adapter runs on the CPU too (${error.softwareAdapter}), and wasm is faster there`;
    return cpuBackend('wasm', why);
  }
}

async function gpuBackend(
  { adapter, device, software }: WebGpuSession,
  reason: string,
  note: (text: string) => void,
): Promise<ChosenBackend> {
  if (!software) {
    note(`measuring which FP4 kernels are fastest on ${adapter}`);
    await tuneFp4Kernels();
  }
  return { name: 'webgpu', adapter, reason, software, checkErrors: () => throwOnGpuError(device) };
}

function cpuBackend(name: 'wasm' | 'cpu', reason: string): ChosenBackend {
  return { name, adapter: cpus()[0]?.model.trim() ?? 'unknown processor', reason, checkErrors: () => {} };
}
