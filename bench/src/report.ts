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
  /** 10⁶ values a second at the median, of `quantize`. */
  readonly megavaluesPerSecond?: number;
  /** Loss of the last checked step, in nats, of a training step. */
  readonly loss?: number;
  /** Dispatches of our own programs, on webgpu. */
  readonly dispatches?: number;
}

/** What `--json` writes. */
export interface BenchReport {
  readonly adapter: string;
  readonly backend: BenchBackend | 'cpu' | 'all';
  /** ISO 8601. */
  readonly date: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly rows: readonly BenchRow[];
  /** Peer time over our time, by name: larger is better. */
  readonly ratios: Readonly<Record<string, number>>;
}
