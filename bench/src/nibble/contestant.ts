import { tuneFp4Kernels } from '@nibble-ml/fp4-gemm';
import { openTfjsDevice } from '../contest/tfjs-device.ts';
import type { OpenContestant } from '../contest/task.ts';
import { gemmEntries } from './gemm.ts';
import { peakEntries } from './peak.ts';
import { simdNotices } from './simd-notices.ts';
import { memoryEntry, stepEntries } from './step.ts';

/** Opens Nibble. */
export const open: OpenContestant = async (backend) => {
  const device = await openTfjsDevice(backend);
  return {
    impl: 'nibble',
    adapter: device.adapter,
    isHardwareGpu: device.isHardwareGpu,
    notices: backend === 'wasm' ? simdNotices() : [],
    async prepare(task) {
      if (task.kind === 'peak') return peakEntries(device);
      // Without tuning, whose buffers would be counted. Every variant takes the same ones.
      if (task.kind === 'memory') return [memoryEntry(device, task)];
      // As `nibble train` does. On software adapters the default is known to be the fastest.
      if (device.isHardwareGpu) await tuneFp4Kernels();
      return task.kind === 'gemm' ? gemmEntries(device, task, backend) : stepEntries(device, task);
    },
  };
};
