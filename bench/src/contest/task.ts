import type { BenchBackend, Impl } from '../report.ts';

/** The three matrix products of a linear layer `Y = X · Wᵀ`, the first with and without quantizing both operands. */
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

/** Something to time. */
export type Task = GemmTask | StepTask;

/** One way in which an implementation does a task. */
export interface Entry {
  readonly variant: string;
  /** Does the task once and awaits its completion on the device, without reading results back. */
  run(): Promise<void>;
  /** Numbers to check before anything is timed: of a product, the sampled rows; of a step, the losses of the first steps. */
  check(): Promise<Float32Array>;
  /** Frees what the entry holds. */
  dispose(): void;
  /** GPU programs dispatched so far, where it is counted. */
  dispatches?(): number;
}

/** An implementation on one backend. */
export interface Contestant {
  readonly impl: Impl;
  /** The hardware and software it found, in words. */
  readonly adapter: string;
  /** Sets a task up in every variant. */
  prepare(task: Task): Promise<Entry[]>;
}

/** Opens an implementation on a backend, in a process of its own. */
export type OpenContestant = (backend: BenchBackend) => Promise<Contestant>;
