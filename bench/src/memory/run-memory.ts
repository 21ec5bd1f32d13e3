import { ContestantProcess } from '../contest/contestant-process.ts';
import type { MemoryTask } from '../contest/task.ts';
import type { BenchRow, Impl } from '../report.ts';
import { summarize } from '../statistics.ts';
import { lossVerifier } from '../step/verify-losses.ts';

type Model = Omit<MemoryTask, 'kind' | 'recipe' | 'checkpointing'>;

/** The wider model of `step`. */
export const memoryModel: Model = { blocks: 4, batch: 8, context: 128, width: 256 };
/** A tiny model, for a look and for tests. */
export const quickMemoryModel: Model = { blocks: 1, batch: 2, context: 16, width: 32 };

/** Who takes the step, in which recipe; stock tfjs first, whose losses the others are held to. */
const runners: readonly (readonly [Impl, MemoryTask['recipe'], MemoryTask['checkpointing']])[] = [
  ['tfjs', 'f32', 'none'],
  ['nibble', 'f32', 'none'],
  ['nibble', 'fp4-paper', 'none'],
  ['nibble', 'fp4-paper', 'block'],
];

/** Measures the peak bytes of GPU buffers over four training steps, each in a process that does nothing else. */
export async function runMemory(
  model: Model,
  progress: (text: string) => void,
): Promise<{ adapter: string; rows: BenchRow[] }> {
  const rows: BenchRow[] = [];
  const verify = lossVerifier();
  let adapter = '';
  for (const [impl, recipe, checkpointing] of runners) {
    progress(`webgpu memory of ${impl} ${recipe}, checkpointing ${checkpointing}`);
    const contestant = await ContestantProcess.start(impl, 'webgpu');
    try {
      adapter = contestant.adapter;
      const [entry] = await contestant.prepare({ kind: 'memory', ...model, recipe, checkpointing });
      const losses = await contestant.check(0);
      verify(impl, recipe, losses);
      const { used, allocated } = await contestant.peakBytes(0);
      const samples: number[] = [];
      for (let round = 0; round < 3; round++) samples.push((await contestant.time(0, 1)).ms);
      const times = summarize(samples);
      rows.push({
        backend: 'webgpu',
        op: 'memory',
        shape: [model.batch, model.context, model.blocks, model.width],
        impl,
        variant: entry!.variant,
        exact: false,
        msMin: times.min,
        msMedian: times.median,
        msMax: times.max,
        loss: losses.at(-1)!,
        bytes: allocated,
        bytesUsed: used,
      });
    } finally {
      await contestant.stop();
    }
  }
  return { adapter, rows };
}

/** Peak allocated bytes over those of stock tfjs: smaller is better. */
export function memoryChecks(rows: readonly BenchRow[]): Record<string, { value: number; atMost: number }> {
  const bytesOf = (impl: Impl, variant: string): number =>
    rows.find((row) => row.op === 'memory' && row.impl === impl && row.variant === variant)?.bytes ?? NaN;
  const stock = bytesOf('tfjs', 'f32');
  return {
    'memory.fp4': { value: bytesOf('nibble', 'fp4-paper') / stock, atMost: 0.5 },
    'memory.fp4Checkpointing': {
      value: bytesOf('nibble', 'fp4-paper, block checkpointing') / stock,
      atMost: 0.35,
    },
  };
}
