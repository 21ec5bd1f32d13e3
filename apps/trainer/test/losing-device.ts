import { backend } from '@tensorflow/tfjs-core';
import type { GpuBackend } from '@nibble-ml/tfjs-bridge/webgpu';
import { silentObserver } from '../src/training/train-observer.ts';
import type { TrainObserver } from '../src/training/train-observer.ts';

/** Destroys the device of the run as it submits work for the `lostAt`-th time; counts until then. */
export function losingDevice(lostAt: number): { observer: TrainObserver; submits: () => number } {
  let submits = 0;
  const watch = (): void => {
    const { device } = backend() as unknown as GpuBackend;
    const submit = device.queue.submit.bind(device.queue);
    device.queue.submit = (commands) => {
      if (submits++ === lostAt) device.destroy();
      submit(commands);
    };
  };
  return { observer: { ...silentObserver, start: watch }, submits: () => submits };
}
