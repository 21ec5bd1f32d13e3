// Loaded with --import before the command: kills the process at the NIBBLE_KILL_AT-th call that writes a checkpoint of the
// run NIBBLE_KILL_RUN, in the middle of it when it is a write.
import { injectFaults } from './faulty-fs.ts';

const [run, at] = [process.env['NIBBLE_KILL_RUN']!, Number(process.env['NIBBLE_KILL_AT'])];
const stop = new Int32Array(new SharedArrayBuffer(4));
let calls = 0;

injectFaults(run, ({ path }) => {
  if (!path.includes('checkpoints') || calls++ !== at) return undefined;
  return {
    when: 'half',
    raise: () => {
      process.kill(process.pid, 'SIGKILL');
      Atomics.wait(stop, 0, 0);
      throw new Error('a killed process goes nowhere');
    },
  };
});
