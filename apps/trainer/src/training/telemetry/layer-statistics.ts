import { concat, gather, keep, tensor1d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Llama } from '@nibble-ml/llama';
import type { Linears } from '@nibble-ml/recipes';
import type { TokenSource } from '../../data/token-source.ts';
import { batchTensors } from '../batch-tensors.ts';
import { fixedBatch } from './fixed-batch.ts';
import type { LayersRecord, LayerStatistics } from './layers-record.ts';
import { operandSums, readSums } from './operand-sums.ts';
import type { OperandSums } from './operand-sums.ts';
import { weightHistogram } from './weight-histogram.ts';

/** Larger weights are counted in so many of their elements, whole rows of them. */
const HISTOGRAM_WEIGHTS = 2 ** 18;
/** Enough for a drawing, short enough for a line of text. */
const DIGITS = 6;

/** Whose layers are looked at, and on which text. */
export interface LayerStatisticsOptions {
  readonly model: Llama;
  readonly linears: Linears;
  /** Validation tokens. */
  readonly tokens: TokenSource;
  /** Windows at most. */
  readonly batchSize: number;
  /** Tokens in a window. */
  readonly context: number;
  /** Optimizer steps done. */
  readonly step: number;
}

interface Measured extends Omit<OperandSums, 'packed'> {
  readonly role: string;
  readonly block: number;
  readonly sums: Tensor1D;
  readonly wNK: Tensor2D;
  readonly activations: number;
  readonly clamps: boolean;
}

/**
 * Measures what quantizing does to every linear layer inside the blocks, between two optimizer steps: one forward pass
 * over a fixed validation batch whose operands are quantized once more by the run's own kernels, then one read of the
 * rows' sums and one of each weight's rows. It draws no random number and changes nothing that training reads, so the
 * bits of a run are the same with and without it.
 *
 * @throws RangeError when the validation text is shorter than one window
 */
export async function measureLayers(options: LayerStatisticsOptions): Promise<LayersRecord> {
  const startedAt = performance.now();
  const { model, linears, tokens, batchSize, context, step } = options;
  const batch = fixedBatch(tokens, context, batchSize);
  const measured: Measured[] = [];
  tidy(() => {
    const { inputsBT, targetsBT } = batchTensors(batch, batch.windows);
    model.loss(inputsBT, targetsBT, (xMK, wNK, site) => {
      const { role, block } = site;
      if (block !== null) {
        measured.push(
          tidy(() => {
            const operands = linears.operands(xMK, wNK, site);
            const { packed, tokens: rows, channels } = operandSums(operands);
            const clamps = operands.residual !== null;
            return {
              role,
              block,
              sums: keep(packed),
              wNK,
              tokens: rows,
              channels,
              activations: xMK.size,
              clamps,
            };
          }) as Measured,
        );
      }
      return linears.linear(xMK, wNK, site);
    });
  });
  const all = tidy(() => concat(measured.map(({ sums }) => sums)));
  for (const { sums } of measured) sums.dispose();
  const sums = (await all.data<'float32'>()).slice();
  all.dispose();
  const layers: LayerStatistics[] = [];
  let at = 0;
  for (const one of measured) {
    const length = 3 * one.tokens + 2 * one.channels;
    const { weightsDecibels, activationsDecibels, outliers } = readSums(sums.subarray(at, at + length), one);
    at += length;
    layers.push({
      role: one.role,
      block: one.block,
      weightsDecibels: rounded(weightsDecibels),
      activationsDecibels: rounded(activationsDecibels),
      outlierShare: one.clamps ? rounded(outliers / one.activations) : null,
      histogram: await histogramOf(one.wNK),
    });
  }
  return {
    type: 'layers',
    step,
    tokens: batch.inputs.length,
    seconds: rounded((performance.now() - startedAt) / 1000),
    layers,
  };
}

/** Counts all rows of a weight, or as many, evenly spread, as are enough. */
async function histogramOf(wNK: Tensor2D): Promise<number[]> {
  const [rows, cols] = wNK.shape;
  const count = Math.min(rows, Math.max(1, Math.floor(HISTOGRAM_WEIGHTS / cols)));
  if (count === rows) return weightHistogram(await wNK.data<'float32'>(), rows, cols);
  const chosen = Int32Array.from({ length: count }, (_, i) => Math.floor((i * rows) / count));
  const some = tidy(() => gather(wNK, tensor1d(chosen, 'int32')));
  const counts = weightHistogram(await some.data<'float32'>(), count, cols);
  some.dispose();
  return counts;
}

function rounded(value: number): number;
function rounded(value: number | null): number | null;
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toPrecision(DIGITS));
}
