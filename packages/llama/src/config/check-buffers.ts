import { headChunkRows } from '../model/head-loss.ts';
import { parameterShapes } from '../model/parameter-shapes.ts';
import { headDimOf } from './llama-config.ts';
import type { LlamaConfig } from './llama-config.ts';
import { modelZoo } from './model-zoo.ts';

/** A tensor of a training step. */
interface StepBuffer {
  readonly name: string;
  readonly bytes: number;
  /** Whether it grows with the batch. */
  readonly perRow: boolean;
}

/** Sequences in a batch and tokens in each. */
export interface BatchShape {
  /** Sequences. */
  readonly batch: number;
  /** Tokens of each sequence. */
  readonly context: number;
}

/**
 * Checks, without allocating anything, that no tensor of a training step is larger than a buffer of the device may be.
 *
 * @param limitBytes - the smaller of the device's `maxStorageBufferBindingSize` and `maxBufferSize`
 * @throws RangeError naming the tensors that do not fit, their sizes, and what would fit
 */
export function checkBuffers(config: LlamaConfig, shape: BatchShape, limitBytes: number): void {
  const tooLarge = buffersOver(config, shape, limitBytes);
  if (tooLarge.length === 0) return;
  const sizes = tooLarge.map(({ name, bytes }) => `${name} ${bytes.toLocaleString('en')}`).join(', ');
  throw new RangeError(
    `checkBuffers: the tensors of ${config.name} at ${shape.batch} x ${shape.context} tokens must be of at most ${limitBytes.toLocaleString('en')} bytes on this device, but got ${sizes}; ${wayOut(config, shape, limitBytes)}`,
  );
}

function buffersOver(config: LlamaConfig, shape: BatchShape, limitBytes: number): StepBuffer[] {
  return stepBuffers(config, shape).filter(({ bytes }) => bytes > limitBytes);
}

/** The kinds of tensor that may be the largest: each parameter of one block, and the widest activations. */
function stepBuffers(config: LlamaConfig, { batch, context }: BatchShape): StepBuffer[] {
  const { vocabSize, dim, nHeads, nKvHeads, ffnDim } = config;
  const rows = batch * context;
  const parameters = parameterShapes({ ...config, nLayers: 1 }).map(({ name, shape }) => ({
    name,
    bytes: 4 * shape.reduce((size, length) => size * length, 1),
    perRow: false,
  }));
  const activations: [string, number, number][] = [
    ['the residual stream', rows, dim],
    ['queries, keys and values', rows, (nHeads + 2 * nKvHeads) * headDimOf(config)],
    ['gates and values', rows, 2 * ffnDim],
    ['a chunk of logits', Math.min(rows, headChunkRows(vocabSize)), vocabSize],
  ];
  return [
    ...parameters,
    ...activations.map(([name, length, width]) => ({ name, bytes: 4 * length * width, perRow: true })),
  ];
}

function wayOut(config: LlamaConfig, shape: BatchShape, limitBytes: number): string {
  const fits = (candidate: LlamaConfig, batch: number): boolean =>
    buffersOver(candidate, { ...shape, batch }, limitBytes).length === 0;
  if (fits(config, 1)) {
    let batch = shape.batch - 1;
    while (!fits(config, batch)) batch--;
    return `a batch of ${batch} fits`;
  }
  const { vocabSize } = config;
  const smaller = Object.values(modelZoo).filter((candidate) =>
    fits({ ...candidate, vocabSize }, shape.batch),
  );
  return smaller.length === 0
    ? 'use another backend'
    : `with this vocabulary ${smaller.map(({ name }) => name).join(', ')} would fit; or use another backend`;
}
