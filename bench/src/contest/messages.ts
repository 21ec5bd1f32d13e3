import type { Task } from './task.ts';

/** What the benchmark asks a contestant's process. */
export type Request =
  | { readonly call: 'prepare'; readonly task: Task }
  | { readonly call: 'check'; readonly entry: number }
  | { readonly call: 'time'; readonly entry: number; readonly repeats: number }
  | { readonly call: 'release' };

/** What it answers. */
export type Answer =
  | { readonly answer: 'open'; readonly adapter: string }
  | { readonly answer: 'prepare'; readonly variants: readonly string[] }
  | { readonly answer: 'check'; readonly values: Float32Array }
  | { readonly answer: 'time'; readonly ms: number; readonly dispatches: number | undefined }
  | { readonly answer: 'release' }
  | { readonly answer: 'error'; readonly message: string };
