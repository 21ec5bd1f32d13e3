import { clone, keep, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { LinearRole } from '@nibble-ml/recipes';
import { chooseBackend } from '../backend/choose-backend.ts';
import { splitText } from '../data/split-text.ts';
import { tokensInMemory } from '../data/token-source.ts';
import { validationWindows } from '../data/validation-windows.ts';
import { batchTensors } from '../training/batch-tensors.ts';
import { loadTrained } from '../training/load-trained.ts';
import { textOf } from '../training/prepare.ts';
import type { RunPlan } from './run-plan.ts';

/** A matrix of float32, row-major. */
export interface Matrix {
  readonly values: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

/** What one linear layer inside the blocks multiplies. */
export interface LayerOperands {
  readonly role: LinearRole;
  readonly block: number;
  /** `[tokens, inputs]`, one row per token. */
  readonly activations: Matrix;
  /** `[outputs, inputs]`, one row per output channel. */
  readonly weights: Matrix;
}

/**
 * Returns the operands of all linear layers inside the blocks of a trained model, for one batch of windows that are
 * spread evenly over the held-out text.
 *
 * @throws Error when the run has no checkpoint
 */
export async function captureOperands(plan: RunPlan): Promise<LayerOperands[]> {
  const backend = await chooseBackend(plan.config.backend);
  const { config, model, linears, tokenizer } = loadTrained(plan.dir);
  const { validation } = splitText(textOf(config).text, config.validationFraction);
  const windows = validationWindows(tokensInMemory(tokenizer.encode(validation)), config.context);
  const { batchSize, context } = config;
  const [inputs, targets] = [new Int32Array(batchSize * context), new Int32Array(batchSize * context)];
  for (let i = 0; i < batchSize; i++) {
    const window = windows.at(Math.floor((i * windows.length) / batchSize));
    inputs.set(window.inputs, i * context);
    targets.set(window.targets, i * context);
  }
  const captured: { role: LinearRole; block: number; xMK: Tensor2D; wNK: Tensor2D }[] = [];
  tidy(() => {
    const { inputsBT, targetsBT } = batchTensors({ inputs, targets }, batchSize);
    model.loss(inputsBT, targetsBT, (xMK, wNK, site) => {
      if (site.block !== null) {
        captured.push({ role: site.role, block: site.block, xMK: keep(clone(xMK)), wNK });
      }
      return linears.linear(xMK, wNK, site);
    });
  });
  const operands: LayerOperands[] = [];
  for (const { role, block, xMK, wNK } of captured) {
    operands.push({ role, block, activations: await matrixOf(xMK), weights: await matrixOf(wNK) });
    xMK.dispose();
  }
  backend.checkErrors();
  linears.dispose();
  model.dispose();
  return operands;
}

async function matrixOf(tensor: Tensor2D): Promise<Matrix> {
  const [rows, cols] = tensor.shape;
  // A copy: the memory that wasm hands out may move.
  return { values: Float32Array.from(await tensor.data<'float32'>()), rows, cols };
}
