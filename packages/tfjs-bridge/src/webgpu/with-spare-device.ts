import type { GpuBackend } from './gpu-backend.ts';
import { GpuError, throwOnGpuError } from './gpu-errors.ts';
import { requestAdapter } from './request-adapter.ts';
import { requestDevice } from './request-device.ts';

/**
 * Runs `body` on another device of the adapter that `openWebGpu` opens, and destroys that device afterwards: what may
 * lose a device or leave errors behind does no harm to the one that is in use.
 *
 * @throws GpuError what the spare device reported; UnsupportedDeviceError when there is no adapter; or what `body` throws
 */
export async function withSpareDevice<Result>(
  body: (backend: GpuBackend) => Promise<Result>,
): Promise<Result> {
  const { device, backend } = await requestDevice(await requestAdapter());
  let isOver = false;
  // A lost device shows as a read that fails for no reason, or never ends.
  const lost = device.lost.then(({ message }) => {
    if (!isOver) throw new GpuError('lost', `WebGPU: the spare device was lost: ${message}`);
    return undefined as never;
  });
  try {
    const result = await Promise.race([body(backend), lost]);
    throwOnGpuError(device);
    return result;
  } finally {
    isOver = true;
    device.destroy();
  }
}
