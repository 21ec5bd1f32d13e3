/** Who computed a row. */
export type Impl = 'nibble' | 'tfjs' | 'jax-js';

/** The kind of backend that all of a benchmark's implementations run on. */
export type BenchBackend = 'wasm' | 'webgpu';

/** One measured operation. Times are milliseconds of one call. */
export interface BenchRow {
  /** `cpu` is plain JavaScript in one process. */
  readonly backend: BenchBackend | 'cpu';
  /** As in `gemm.fwd`. */
  readonly op: string;
  readonly shape: readonly number[];
  readonly impl: Impl;
  /** Kernel variant, operand layout or recipe. */
  readonly variant: string;
  /** Whether the sampled results had the bits of the reference; false for results that were held to a bound. */
  readonly exact: boolean;
  readonly msMin: number;
  readonly msMedian: number;
  readonly msMax: number;
  /** 10⁹ floating-point operations a second at the median, counting a multiply-add as two; absent where there are none. */
  readonly gflops?: number;
  /** Time that all threads computed, of `fit`; on a shared machine it varies less than the time that passed. */
  readonly cpuMsMedian?: number;
  /** 10⁶ values a second at the median, of `quantize`. */
  readonly megavaluesPerSecond?: number;
  /** Tokens generated in a second at the median, of `sample`, whose times are of one token. */
  readonly tokensPerSecond?: number;
  /** Of a cached row of `sample`: the time of a token without the cache over this one, by rounds as `ratio`. */
  readonly overRecomputed?: number;
  /** Loss of the last checked step, in nats, of a training step. */
  readonly loss?: number;
  /** Compute shaders that a training step dispatches, on webgpu. */
  readonly dispatches?: number;
  /** Command submissions of a training step, on webgpu. */
  readonly submissions?: number;
  /** Buffers that a training step maps for the CPU to read, on webgpu; one is the loss. */
  readonly readbacks?: number;
  /** Dispatches of a training step after the first of those, on webgpu. */
  readonly dispatchesAfterReadback?: number;
  /** Of Nibble's rows: the time of the fastest peer over ours in the same round, the median of all rounds. */
  readonly ratio?: number;
  /** Of the step in `fp4-paper` with f32 gradients: the time of our own step in f32 over this one, by rounds as `ratio`. */
  readonly overOwnF32?: number;
  /** Of the step in `fp4-paper`: its time over that of `fp4-direct`, by rounds as `ratio`. */
  readonly overDirect?: number;
  /**
   * Of a product, bytes of the operands that are packed FP4, scales included; of `memory`, the most bytes of GPU buffers
   * that were allocated at once.
   */
  readonly bytes?: number;
  /** The most of those bytes that were in use at once, of `memory`. */
  readonly bytesUsed?: number;
  /** 100 times `gflops` over that of the fastest `peak.*` row of the adapter, of Nibble's products on a GPU. */
  readonly percentOfPeak?: number;
}

/** A number that must not be larger than it is promised to be. */
export interface BenchCheck {
  readonly value: number;
  readonly atMost: number;
}

/** What `--json` writes. */
export interface BenchReport {
  readonly adapter: string;
  readonly backend: BenchBackend | 'cpu' | 'all';
  /** ISO 8601. */
  readonly date: string;
  /** Whether the CPU has VNNI, 8-bit dot products in one instruction; known on x86 under Linux only. */
  readonly vnni: 'yes' | 'no' | 'unknown';
  /** What a reader should know before reading the numbers, a sentence each. */
  readonly notices: readonly string[];
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly BenchRow[];
  /** Peer time over our time, by name: larger is better. Of `memory`, our bytes over those of stock tfjs: smaller is. */
  readonly ratios: Readonly<Record<string, number>>;
  /**
   * Smaller is better, the largest over the shapes: `gemm.weightBytes` is the bytes of packed weights over those in f32;
   * of `step`, see `stepChecks`.
   */
  readonly checks: Readonly<Record<string, BenchCheck>>;
}
