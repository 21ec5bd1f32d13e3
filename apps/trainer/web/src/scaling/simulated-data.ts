import { chinchillaConstants, gridPoints, qatDeltaConstants, simulateRecords } from '@nibble-ml/scaling-law';
import type { ScalingData } from './scaling-data.ts';

/**
 * Runs that nobody trained: drawn from the constants that arXiv 2505.14302 publishes for W4A4 (Table 1), with 0.05 % noise
 * on the loss.
 */
export function simulatedData(): ScalingData {
  const points = gridPoints([7e7, 1.5e8, 3e8, 6e8], [1e10, 2e10, 5e10, 1e11], [undefined, 32, 64, 256]);
  return {
    name: 'Simulated runs',
    note: 'Simulated, not trained: drawn from the constants that arXiv 2505.14302 publishes for 4-bit weights and activations (Table 1), with 0.05 % noise on the loss.',
    records: simulateRecords(points, {
      base: chinchillaConstants.qat,
      delta: qatDeltaConstants.w4a4,
      noise: 0.0005,
      seed: 1,
    }),
  };
}
