import { z } from 'zod';
import type { MetricsRecord } from '../run/metrics-lines.ts';
import type { RunRecord } from '../run/run-record.ts';
import { layersSchema } from '../training/telemetry/layers-record.ts';
import type { LayersRecord } from '../training/telemetry/layers-record.ts';
import { curvesOf } from './curves.ts';
import type { RunCurves } from './curves.ts';
import type { GemmRow } from './gemm-table.ts';

/** A run as its folder has it. */
export interface ReportRun {
  /** What to call it. */
  readonly name: string;
  /** Its `config.json`. */
  readonly record: RunRecord;
  /** The lines of its `metrics.jsonl`. */
  readonly metrics: readonly MetricsRecord[];
}

/** A text that a model wrote. */
export interface ReportSample {
  readonly step: number;
  readonly prompt: string;
  readonly continuation: string;
}

/** What a report says of a run, which may be under way; undefined is what is not known yet. */
export interface RunFacts {
  readonly name: string;
  /** Place in the palette, where several runs are told apart by it. */
  readonly color?: number;
  readonly record: RunRecord;
  readonly curves: RunCurves;
  /** Optimizer steps done. */
  readonly step: number;
  readonly isFinished: boolean;
  /** With early stopping: the step whose model was kept. */
  readonly bestStep: number | undefined;
  /** Validation loss, in nats per token. */
  readonly valLoss: number | undefined;
  readonly bitsPerByte: number | undefined;
  /** Mean of the last tenth of the steps, in nats per token. */
  readonly trainLoss: number | undefined;
  /** Unigram entropy of the validation text, in nats per token. */
  readonly unigramNats: number | undefined;
  /** Tokens trained on. */
  readonly tokens: number;
  /** Wall time, of unfinished runs without what came between the steps. */
  readonly seconds: number;
  readonly products: readonly GemmRow[];
  /** Rising in step. */
  readonly layers: readonly LayersRecord[];
  /** Rising in step. */
  readonly samples: readonly ReportSample[];
  /** Learned clip factors, where there are some. */
  readonly clips: Clips | undefined;
}

interface Clips {
  readonly count: number;
  readonly least: number;
  readonly mean: number;
  readonly most: number;
}

const doneSchema = z.object({
  step: z.number(),
  trainLoss: z.number(),
  valLoss: z.number(),
  bitsPerByte: z.number(),
  unigramNats: z.number(),
  seconds: z.number(),
  bestStep: z.number().optional(),
  clips: z.object({ count: z.number(), least: z.number(), mean: z.number(), most: z.number() }).optional(),
});
const evaluationSchema = z.object({ valLoss: z.number(), bitsPerByte: z.number() });
const sampleSchema = z.object({ step: z.number(), prompt: z.string(), continuation: z.string() });
const productsSchema = z.object({
  products: z.array(
    z.object({
      role: z.string(),
      block: z.number().exactOptional(),
      gemm: z.enum(['fprop', 'dgrad', 'wgrad']),
      precision: z.string(),
      kernel: z.string(),
      backend: z.string(),
    }),
  ),
});

/** Returns what the lines of a run's metrics say. Lines of versions that wrote other fields are passed over. */
export function factsOf({ name, record, metrics }: ReportRun): RunFacts {
  const read = <Value>(types: readonly string[], schema: z.ZodType<Value>): Value[] =>
    metrics.flatMap((line) => {
      if (!types.includes(line.type as string)) return [];
      const parsed = schema.safeParse(line);
      return parsed.success ? [parsed.data] : [];
    });
  const curves = curvesOf(name, metrics);
  const done = read(['done'], doneSchema).at(-1);
  const evaluation = read(['evaluation'], evaluationSchema).at(-1);
  const { batchSize, context, gradientAccumulation } = record.config;
  const tokensPerStep = batchSize * context * gradientAccumulation;
  const step = curves.loss.at(-1)?.[0] ?? 0;
  const seconds = curves.tokensPerSecond.reduce((sum, [, speed]) => sum + tokensPerStep / speed, 0);
  return {
    name,
    record,
    curves,
    step,
    // Runs of versions that wrote no last line have what each product ran in.
    isFinished: done !== undefined || metrics.some(({ type }) => type === 'products'),
    bestStep: done?.bestStep,
    valLoss: done?.valLoss ?? evaluation?.valLoss,
    bitsPerByte: done?.bitsPerByte ?? evaluation?.bitsPerByte,
    trainLoss: done?.trainLoss ?? recentMean(curves.loss.map(([, loss]) => loss)),
    unigramNats: done?.unigramNats,
    tokens: step * tokensPerStep,
    seconds: done?.seconds ?? seconds,
    products: read(['products', 'kernels'], productsSchema).at(-1)?.products ?? [],
    layers: read(['layers'], layersSchema),
    samples: read(['sample'], sampleSchema),
    clips: done?.clips,
  };
}

function recentMean(losses: readonly number[]): number | undefined {
  const recent = losses.slice(Math.floor(losses.length * 0.9));
  return recent.length === 0 ? undefined : recent.reduce((sum, loss) => sum + loss, 0) / recent.length;
}
