import { clone, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import { sqnrDecibels } from '@nibble-ml/fp4-format';
import type { SparseRows } from '@nibble-ml/occ';
import { layerAt } from '@nibble-ml/recipes';
import type { ForwardOperands, Recipe } from '@nibble-ml/recipes';
import type { TokenSource } from '../../../../src/data/token-source.ts';
import { batchTensors } from '../../../../src/training/batch-tensors.ts';
import { fixedBatch } from '../../../../src/training/telemetry/fixed-batch.ts';
import type { TrainingState } from '../../../../src/training/training-state.ts';
import type { LayerChoice } from '../run-summary.ts';
import type { GridHistogram } from '../engine-event.ts';
import { gridHistogram } from './grid-histogram.ts';
import type { GridMatrix } from './grid-histogram.ts';

/** Which layer is drawn, of what. */
export interface DrawLayerOptions {
  readonly state: TrainingState;
  /** Validation tokens. */
  readonly tokens: TokenSource;
  readonly batchSize: number;
  readonly context: number;
  readonly layer: LayerChoice;
}

/** The two operands of a layer on the grid. */
export interface DrawnLayer {
  readonly weights: GridHistogram;
  readonly activations: GridHistogram;
}

/**
 * Draws the operands of one layer's forward product between two steps: one forward pass over a fixed validation batch, as
 * `measureLayers`, after which training goes on to the same bits as without.
 */
export async function drawLayer({
  state,
  tokens,
  batchSize,
  context,
  layer,
}: DrawLayerOptions): Promise<DrawnLayer> {
  const { model, linears } = state;
  const batch = fixedBatch(tokens, context, batchSize);
  let captured: CapturedOperands | undefined;
  tidy(() => {
    const { inputsBT, targetsBT } = batchTensors(batch, batch.windows);
    model.loss(inputsBT, targetsBT, (xMK, wNK, site) => {
      if (site.role === layer.role && site.block === layer.block) {
        captured = captureOperands(linears.operands(xMK, wNK, site));
      }
      return linears.linear(xMK, wNK, site);
    });
  });
  const { exactX, roundedX, exactW, roundedW, residual, isCompensated } = captured!;
  const x = await takeMatrix(exactX);
  const xRounded = await takeMatrix(roundedX);
  const w = await takeMatrix(exactW);
  const wRounded = await takeMatrix(roundedW);
  if (residual !== null) {
    const columns = (await takeMatrix(residual.indices)).values;
    const cut = (await takeMatrix(residual.values)).values;
    for (let slot = 0; slot < cut.length; slot++) {
      const row = Math.floor(slot / residual.width);
      if (isCompensated) xRounded.values[row * x.cols + columns[slot]!]! += cut[slot]!;
    }
  }
  const alpha = residual === null ? null : alphaOf(linears.recipe, layer, model.config.nLayers);
  return {
    activations: { ...gridHistogram(x, alpha), decibels: decibels(x.values, xRounded.values) },
    weights: { ...gridHistogram(w, null), decibels: decibels(w.values, wRounded.values) },
  };
}

/** What outlives the forward pass: tensors of their own, whoever else has the data. */
interface CapturedOperands {
  readonly exactX: Tensor2D;
  readonly roundedX: Tensor2D;
  readonly exactW: Tensor2D;
  readonly roundedW: Tensor2D;
  readonly residual: SparseRows | null;
  readonly isCompensated: boolean;
}

function captureOperands({
  activations,
  weights,
  residual,
  isCompensated,
}: ForwardOperands): CapturedOperands {
  return {
    exactX: kept(activations.exact),
    roundedX: kept(activations.rounded),
    exactW: kept(weights.exact),
    roundedW: kept(weights.rounded),
    residual: residual && { ...residual, indices: kept(residual.indices), values: kept(residual.values) },
    isCompensated,
  };
}

function kept(tensor: Tensor2D): Tensor2D {
  return keep(clone(tensor));
}

/** The quantile that the layer's activations are clamped to. */
function alphaOf(recipe: Recipe, layer: LayerChoice, blocks: number): number | null {
  const { activations } = layerAt(recipe, layer, { blocks, isLate: false });
  return 'outliers' in activations ? (activations.outliers?.alpha ?? null) : null;
}

/** Reads a tensor and frees it. */
async function takeMatrix(tensor: Tensor2D): Promise<GridMatrix> {
  const [rows, cols] = tensor.shape;
  // A copy: the memory that wasm hands out may move.
  const values = Float32Array.from(await tensor.data());
  tensor.dispose();
  return { values, rows, cols };
}

function decibels(exact: Float32Array, rounded: Float32Array): number | null {
  const value = sqnrDecibels(exact, rounded);
  return Number.isFinite(value) ? value : null;
}
