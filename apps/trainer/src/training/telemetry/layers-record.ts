import { z } from 'zod';

/** What quantizing did to one linear layer. */
export interface LayerStatistics {
  /** `qkv`, `o`, `fc1` or `fc2`. */
  readonly role: string;
  /** Index of the block. */
  readonly block: number;
  /**
   * Signal-to-quantization-noise ratio of the weights as the forward product takes them, in decibels; null where they
   * are not changed at all.
   */
  readonly weightsDecibels: number | null;
  /** The same of the activations, what clamping cut off included where the product adds it back. */
  readonly activationsDecibels: number | null;
  /** Share of the activations that clamping cut off; null where the recipe clamps none. */
  readonly outlierShare: number | null;
  /** Counts of weights, as `weightHistogram` has them. */
  readonly histogram: readonly number[];
}

/** A line of `metrics.jsonl` with the statistics of all linear layers inside the blocks. */
export interface LayersRecord {
  readonly type: 'layers';
  /** Optimizer steps done. */
  readonly step: number;
  /** Validation tokens that the activations are of. */
  readonly tokens: number;
  /** Wall time that measuring took. */
  readonly seconds: number;
  readonly layers: readonly LayerStatistics[];
}

/** The schema of a `layers` line. */
export const layersSchema: z.ZodType<LayersRecord> = z.object({
  type: z.literal('layers'),
  step: z.number(),
  tokens: z.number(),
  seconds: z.number(),
  layers: z.array(
    z.object({
      role: z.string(),
      block: z.number(),
      weightsDecibels: z.number().nullable(),
      activationsDecibels: z.number().nullable(),
      outlierShare: z.number().nullable(),
      histogram: z.array(z.number()),
    }),
  ),
});
