import type { ContestantProcess } from '../contest/contestant-process.ts';
import { runContest } from '../contest/run-contest.ts';
import type { Effort, Standing } from '../contest/run-contest.ts';
import type { StepTask } from '../contest/task.ts';
import type { BenchBackend, BenchRow } from '../report.ts';
import { medianRatio } from '../statistics.ts';
import { parameterCount, stepModel } from './model.ts';
import { stepVariants } from './variants.ts';
import { lossVerifier } from './verify-losses.ts';

/** 4 blocks, 8 sequences of 128 tokens, widths 128 and 256. */
export const stepTasks: readonly StepTask[] = [
  { kind: 'step', blocks: 4, batch: 8, context: 128, width: 128 },
  { kind: 'step', blocks: 4, batch: 8, context: 128, width: 256 },
];

/** A tiny model, for a look and for tests. */
export const quickStepTasks: readonly StepTask[] = [
  { kind: 'step', blocks: 1, batch: 2, context: 16, width: 32 },
];

/** Times a training step at every width: forward, backward, Adam, and reading the loss. */
export async function runStep(
  backend: BenchBackend,
  contestants: readonly ContestantProcess[],
  tasks: readonly StepTask[],
  effort: Effort,
  progress: (text: string) => void,
): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const task of tasks) {
    progress(`${backend} step of width ${task.width}`);
    const standings = await runContest(contestants, task, effort, lossVerifier());
    rows.push(...standings.map((standing) => stepRow(backend, task, standing, standings)));
  }
  return rows;
}

function stepRow(
  backend: BenchBackend,
  task: StepTask,
  standing: Standing,
  all: readonly Standing[],
): BenchRow {
  const { impl, variant, times, ratio, values, gpu } = standing;
  const { batch, context, blocks, width } = task;
  // The usual count: forward 2 and backward 4 for each parameter and token.
  const flops = 6 * parameterCount(stepModel(task)) * batch * context;
  return {
    backend,
    op: 'step',
    shape: [batch, context, blocks, width],
    impl,
    variant,
    exact: false,
    msMin: times.min,
    msMedian: times.median,
    msMax: times.max,
    gflops: flops / times.median / 1e6,
    ...(ratio === undefined ? {} : { ratio }),
    loss: values.at(-1)!,
    ...gpu,
    ...ownRatios(standing, all),
  };
}

/** Ratios between our own steps. */
function ownRatios(
  { impl, variant, samples }: Standing,
  all: readonly Standing[],
): Pick<BenchRow, 'overOwnF32' | 'overDirect'> {
  if (impl !== 'nibble') return {};
  const samplesOf = (wanted: string): readonly number[] =>
    all.find((standing) => standing.impl === 'nibble' && standing.variant === wanted)!.samples;
  switch (variant) {
    case stepVariants.paperF32:
      return { overOwnF32: medianRatio(samplesOf(stepVariants.f32), samples) };
    case stepVariants.paper:
      return { overDirect: medianRatio(samples, samplesOf(stepVariants.direct)) };
    default:
      return {};
  }
}
