import type { ArrayJob } from './array-job.ts';
import { shellWord } from './array-job.ts';

/** What Slurm allows by default (`MaxArraySize`). */
const MAX_ARRAY = 1000;

/**
 * Returns a batch script that trains each run of a sweep as a task of a Slurm array. Submitted again, it goes on where it
 * stopped; tasks whose run is finished end at once.
 */
export function emitSlurm({ plan, file, runsDir, jobs }: ArrayJob): string {
  const count = plan.runs.length;
  const command = ['nibble', 'sweep', file, '--runs', runsDir].map(shellWord).join(' ');
  const large =
    count > MAX_ARRAY
      ? [`# Slurm's MaxArraySize must be above ${count}; its default is ${MAX_ARRAY + 1}.`]
      : [];
  return `${[
    '#!/bin/bash',
    `#SBATCH --job-name=nibble-sweep-${plan.id}`,
    `#SBATCH --array=0-${count - 1}%${jobs}`,
    '#SBATCH --ntasks=1',
    '#SBATCH --cpus-per-task=2',
    '#SBATCH --requeue',
    '#SBATCH --open-mode=append',
    '# Two minutes before the end, for a checkpoint.',
    '#SBATCH --signal=TERM@120',
    `# ${count} runs. Submit it from the folder that paths in ${file} start from, which all nodes share. It goes on where it`,
    '# stopped when it is submitted again. Afterwards, or in between, gather the results:',
    `#   ${command} --gather`,
    ...large,
    'set -eu',
    `srun ${command} --sweep-id ${plan.id} --index "$SLURM_ARRAY_TASK_ID"`,
  ].join('\n')}\n`;
}
