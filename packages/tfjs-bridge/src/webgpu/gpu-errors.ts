/** A WebGPU validation, compilation, out-of-memory or device-loss error, thrown instead of stale numbers. */
export class GpuError extends Error {
  /** What tells it apart where `instanceof` cannot, as between two copies of the package. */
  override readonly name = 'GpuError';
  /** What went wrong. `lost`: the device is gone and a new one must be opened. */
  readonly kind: 'validation' | 'compilation' | 'out-of-memory' | 'internal' | 'lost';

  constructor(kind: GpuError['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

interface ErrorLog {
  errors: GpuError[];
  lost: GpuError | undefined;
}

const logs = new WeakMap<GPUDevice, ErrorLog>();

function kindOf(error: GPUError): GpuError['kind'] {
  const name = error.constructor.name;
  if (name === 'GPUOutOfMemoryError') return 'out-of-memory';
  return name === 'GPUInternalError' ? 'internal' : 'validation';
}

/** Starts to collect every error of `device`; {@link throwOnGpuError} throws them. Idempotent. */
export function watchGpuErrors(device: GPUDevice): void {
  if (logs.has(device)) return;
  const log: ErrorLog = { errors: [], lost: undefined };
  logs.set(device, log);
  device.addEventListener('uncapturederror', (event) => {
    log.errors.push(new GpuError(kindOf(event.error), `WebGPU: ${event.error.message}`));
    event.preventDefault();
  });
  void device.lost.then((info) => {
    log.lost = new GpuError(
      'lost',
      `WebGPU: the device was lost (${info.reason}): ${info.message}; open a new one`,
    );
  });
}

/** Records an error that WebGPU reported outside the device's error event. */
export function recordGpuError(device: GPUDevice, error: GpuError): void {
  watchGpuErrors(device);
  logs.get(device)!.errors.push(error);
}

/**
 * Throws the first error that `device` has reported since the last call. WebGPU reports errors asynchronously: call
 * this after awaiting a read-back, and before trusting its numbers. Of a device that nobody watches it knows nothing;
 * those of `openWebGpu` are watched.
 *
 * @throws GpuError the first since the last call, the others being dropped; once the device is lost, at every call that
 */
export function throwOnGpuError(device: GPUDevice): void {
  const log = logs.get(device);
  if (log === undefined) return;
  if (log.lost !== undefined) throw log.lost;
  const [first] = log.errors.splice(0);
  if (first !== undefined) throw first;
}
