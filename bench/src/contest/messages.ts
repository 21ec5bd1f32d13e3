import type { GpuCounts } from './gpu-counter.ts';
import type { PeakBytes } from '../memory/memory-meter.ts';
import type { Entry, Task } from './task.ts';

/** What is known of an entry before it runs. */
export type EntryInfo = Pick<Entry, 'variant' | 'packedBytes' | 'operations'>;

/** What the benchmark asks a contestant's process. */
export type Request =
  | { readonly call: 'prepare'; readonly task: Task }
  | { readonly call: 'check'; readonly entry: number }
  | { readonly call: 'peakBytes'; readonly entry: number }
  | { readonly call: 'time'; readonly entry: number; readonly repeats: number }
  | { readonly call: 'release' };

/** What it answers. */
export type Answer =
  | {
      readonly answer: 'open';
      readonly adapter: string;
      readonly isHardwareGpu: boolean;
      readonly notices: readonly string[];
    }
  | { readonly answer: 'prepare'; readonly entries: readonly EntryInfo[] }
  | { readonly answer: 'check'; readonly values: Float32Array }
  | { readonly answer: 'peakBytes'; readonly peak: PeakBytes }
  | { readonly answer: 'time'; readonly ms: number; readonly gpu: GpuCounts | undefined }
  | { readonly answer: 'release' }
  | { readonly answer: 'error'; readonly message: string };
