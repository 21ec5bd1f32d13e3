import { openTfjsDevice } from '../contest/tfjs-device.ts';
import type { OpenContestant } from '../contest/task.ts';
import { gemmEntries } from './gemm.ts';
import { stepEntries } from './step.ts';

/** Opens Nibble. */
export const open: OpenContestant = async (backend) => {
  const device = await openTfjsDevice(backend);
  return {
    impl: 'nibble',
    adapter: device.adapter,
    prepare: async (task) =>
      task.kind === 'gemm' ? gemmEntries(device, task, backend) : stepEntries(device, task),
  };
};
