import { z } from 'zod';
import { readMetrics } from '../run/metrics.ts';
import { openRun } from '../run/run-folder.ts';
import type { Point } from '../report/curves.ts';
import type { RunPlan } from './run-plan.ts';
import { runStateOf } from '../many-runs/run-state.ts';
import type { Divergence } from '../many-runs/run-state.ts';
import { mean, quantile } from './stats/sample-moments.ts';

/** Which matrix product of which layers ran in which precision, on which kernel. */
export interface Product {
  readonly role: string;
  readonly gemm: 'fprop' | 'dgrad' | 'wgrad';
  readonly precision: string;
  readonly kernel: string;
}

/** What a finished run came to. */
export interface RunResult {
  readonly plan: RunPlan;
  /** Loss on the whole held-out text in nats per token; null when the run diverged. */
  readonly valLoss: number | null;
  /** Tokens of the held-out text that were predicted; null when it diverged. */
  readonly valTokens: number | null;
  readonly divergence: Divergence | null;
  /** Mean training loss of the last tenth of the steps, in nats per token; null when it diverged. */
  readonly trainLoss: number | null;
  /** Training loss of each step's batch, in nats per token. */
  readonly lossByStep: readonly Point[];
  /** Wall time of a step in seconds: the median, and that of the fastest tenth, which a busy machine disturbs least. */
  readonly stepSeconds: { readonly median: number; readonly fastestTenth: number };
  readonly products: readonly Product[];
  readonly backend: string;
  readonly adapter: string;
  readonly versions: Readonly<Record<string, string>>;
}

const stepSchema = z.object({ step: z.number(), loss: z.number(), tokensPerSecond: z.number() });
const evaluationSchema = z.object({ valLoss: z.number(), valTokens: z.number() });
const productsSchema = z.object({
  products: z.array(
    z.object({
      role: z.string(),
      gemm: z.enum(['fprop', 'dgrad', 'wgrad']),
      precision: z.string(),
      kernel: z.string(),
    }),
  ),
});

/**
 * Reads what a run came to.
 *
 * @throws Error when the run is not finished or its files are damaged.
 */
export function readRunResult(plan: RunPlan): RunResult {
  const { dir, config } = plan;
  const state = runStateOf(plan);
  if (state.status !== 'finished' && state.status !== 'diverged') {
    throw new Error(
      `readRunResult: ${dir} must be a finished run, but it is ${state.status}; train it first`,
    );
  }
  const records = readMetrics(dir);
  const steps = records.filter(({ type }) => type === 'step').map((record) => stepSchema.parse(record));
  const tokensPerStep = config.batchSize * config.context * config.gradientAccumulation;
  const seconds = steps.map(({ tokensPerSecond }) => tokensPerStep / tokensPerSecond);
  const { backend, adapter, versions } = openRun(dir).record;
  const isFinished = state.status === 'finished';
  const last = isFinished
    ? evaluationSchema.parse(records.find(({ type, step }) => type === 'evaluation' && step === config.steps))
    : null;
  const products = records.find(({ type }) => type === 'products');
  const tail = steps.filter(({ step }) => step > 0.9 * config.steps).map(({ loss }) => loss);
  return {
    plan,
    valLoss: last?.valLoss ?? null,
    valTokens: last?.valTokens ?? null,
    divergence: isFinished ? null : state.divergence,
    trainLoss: isFinished ? mean(tail) : null,
    lossByStep: steps.map(({ step, loss }) => [step, loss] as const),
    stepSeconds: { median: quantile(seconds, 0.5), fastestTenth: quantile(seconds, 0.1) },
    products: products === undefined ? [] : productsSchema.parse(products).products,
    backend,
    adapter: Object.values(adapter).join(', '),
    versions,
  };
}

/** What one of the three products of the linear layers inside the blocks ran in, as the run logged it. */
export function precisionOf(products: readonly Product[], gemm: Product['gemm']): string {
  const inBlocks = products.filter((product) => product.gemm === gemm && product.role !== 'head');
  return [...new Set(inBlocks.map(({ precision }) => precision))].join(' or ');
}
