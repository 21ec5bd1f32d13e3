import rows from './b-law.csv?raw';
import { dataOfCsv } from './scaling-data.ts';
import type { ScalingData } from './scaling-data.ts';

/** The runs behind the scaling law of this project's experiments, to look at before there are runs of one's own. */
export function trainedData(): ScalingData {
  return {
    ...dataOfCsv('b-law.csv', rows),
    note: 'Trained by Nibble on a CPU (nibble paper b-law): four sizes, three token budgets, INT4 in groups of 16, 32 and 64 and per channel, and each one’s f32 twin.',
  };
}
