import type { PeakBytes } from '../memory/memory-meter.ts';
import type { BenchBackend, Impl } from '../report.ts';

/**
 * The three matrix products of a linear layer `Y = X · Wᵀ`, the first with and without quantizing X (weights are
 * quantized once for many products). In f32, where nothing is quantized, `fwdWithQuantize` is `fwd`.
 */
export type GemmOp = 'fwd' | 'fwdWithQuantize' | 'dgrad' | 'wgrad';

/** A matrix product to time: X `[M, K]`, W `[N, K]`, dY `[M, N]`. */
export interface GemmTask {
  readonly kind: 'gemm';
  readonly op: GemmOp;
  /** `[M, K, N]` */
  readonly shape: readonly [number, number, number];
}

/** A training step to time. */
export interface StepTask {
  readonly kind: 'step';
  readonly width: number;
  readonly blocks: number;
  readonly batch: number;
  readonly context: number;
}

/** The training step of a {@link StepTask} in one recipe, to see how much memory it takes. */
export interface MemoryTask extends Omit<StepTask, 'kind'> {
  readonly kind: 'memory';
  readonly recipe: string;
  /** Whether the backward pass runs each block again. */
  readonly checkpointing: 'none' | 'block';
}

/** A loop of nothing but arithmetic, to see how fast an adapter can be. */
export interface PeakTask {
  readonly kind: 'peak';
}

/** Something to time. */
export type Task = GemmTask | StepTask | MemoryTask | PeakTask;

/** One way in which an implementation does a task. */
export interface Entry {
  readonly variant: string;
  /** Bytes of the operands that are packed FP4, scales included; absent where none is. */
  readonly packedBytes?: number;
  /** Arithmetic operations of a call, where only the entry knows them. */
  readonly operations?: number;
  /** Does the task once and awaits its completion on the device, without reading results back. */
  run(): Promise<void>;
  /**
   * Numbers to check before anything is timed: of a product, the sampled rows; of a step, the losses of the first
   * steps; of a loop, its result and what it must be.
   */
  check(): Promise<Float32Array>;
  /** Frees what the entry holds. */
  dispose(): void;
  /** Peak bytes of GPU buffers since the entry was made, of a {@link MemoryTask}. */
  peakBytes?(): PeakBytes;
}

/** An implementation on one backend. */
export interface Contestant {
  readonly impl: Impl;
  /** The hardware and software it found, in words. */
  readonly adapter: string;
  /** Whether it is a GPU, rather than a program that does as if. */
  readonly isHardwareGpu?: boolean;
  /** What a reader of the results should know of how it runs, a sentence each. */
  readonly notices?: readonly string[];
  /** Sets a task up in every variant. */
  prepare(task: Task): Promise<Entry[]>;
}

/** Opens an implementation on a backend, in a process of its own. */
export type OpenContestant = (backend: BenchBackend) => Promise<Contestant>;
