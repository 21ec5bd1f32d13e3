import { openTfjsDevice } from '../../contest/tfjs-device.ts';
import type { OpenContestant } from '../../contest/task.ts';
import { gemmEntries } from './gemm.ts';
import { stepEntries } from './step.ts';

/** Opens stock TensorFlow.js. */
export const open: OpenContestant = async (backend) => {
  const device = await openTfjsDevice(backend);
  return {
    impl: 'tfjs',
    adapter: device.adapter,
    async prepare(task) {
      // The peak is the adapter's: Nibble measures it.
      if (task.kind === 'peak') return [];
      return task.kind === 'gemm' ? gemmEntries(device, task) : stepEntries(device, task);
    },
  };
};
