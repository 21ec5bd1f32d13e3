import { tensor, tensor2d } from '@tensorflow/tfjs-core';
import { createLlama, valueAndGrads } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { createAdamW } from '@nibble-ml/optim';
import { createLinears, findRecipe } from '@nibble-ml/recipes';
import type { Entry, MemoryTask, StepTask } from '../contest/task.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import { meterMemory } from '../memory/memory-meter.ts';
import { adam, checkedSteps, stepBatch, stepModel, stepParameters } from '../step/model.ts';
import type { StepModel } from '../step/model.ts';

/** A training step in f32, which the others are compared with, and with the FP4 paper's recipe, its gradients in f32 and INT8. */
export function stepEntries(device: TfjsDevice, task: StepTask): Entry[] {
  return ['f32', 'fp4-paper', 'fp4-paper-int8'].map((recipe) => stepEntry(device, stepModel(task), recipe));
}

/** A training step in one recipe, with or without block checkpointing, that counts its memory. */
export function memoryEntry(device: TfjsDevice, task: MemoryTask): Entry {
  const { recipe, checkpointing } = task;
  const peakBytes = meterMemory(device.gpu!);
  return {
    ...stepEntry(device, stepModel(task), recipe, checkpointing),
    variant: checkpointing === 'none' ? recipe : `${recipe}, ${checkpointing} checkpointing`,
    peakBytes,
  };
}

function stepEntry(
  device: TfjsDevice,
  model: StepModel,
  recipe: string,
  checkpointing: 'none' | 'block' = 'none',
): Entry {
  const llama = makeLlama(model, checkpointing);
  const linears = createLinears(findRecipe(recipe));
  const { learningRate, beta1, beta2, epsilon } = adam;
  const optimizer = createAdamW(llama.parameters, { beta1, beta2, epsilon, weightDecay: 0, clipNorm: null });
  const { tokens, targets } = stepBatch(model);
  const tokensBT = tensor2d(tokens, [model.batch, model.context], 'int32');
  const targetsBT = tensor2d(targets, [model.batch, model.context], 'int32');
  const step = async (): Promise<number> => {
    const { value, grads } = valueAndGrads(
      () => llama.loss(tokensBT, targetsBT, linears.linear),
      llama.parameters,
    );
    const norm = optimizer.step(grads, learningRate);
    linears.weightsChanged();
    const [loss] = await value.data();
    await device.finish();
    for (const used of [value, norm, ...grads.values()]) used.dispose();
    return loss!;
  };
  return {
    variant: recipe,
    run: async () => void (await step()),
    async check() {
      const losses = new Float32Array(checkedSteps);
      for (let i = 0; i < checkedSteps; i++) losses[i] = await step();
      device.throwOnError();
      return losses;
    },
    dispose() {
      optimizer.dispose();
      linears.dispose();
      llama.dispose();
      tokensBT.dispose();
      targetsBT.dispose();
    },
    ...(device.dispatches === undefined ? {} : { dispatches: device.dispatches }),
  };
}

/** The model with the parameters that all implementations start from. */
function makeLlama(model: StepModel, checkpointing: 'none' | 'block'): Llama {
  const llama = createLlama(
    {
      name: 'bench',
      vocabSize: model.vocabulary,
      dim: model.width,
      nLayers: model.blocks,
      nHeads: model.heads,
      nKvHeads: model.heads,
      ffnDim: model.ffn,
      context: model.context,
      ropeTheta: model.ropeTheta,
      normEps: model.normEpsilon,
      tiedEmbeddings: false,
    },
    { seed: 1, checkpointing },
  );
  const expected = stepParameters(model);
  if (expected.length !== llama.parameters.size) {
    throw new Error(
      `bench: the model must have ${expected.length} parameters, but has ${llama.parameters.size}`,
    );
  }
  for (const { name, shape, values } of expected) {
    const parameter = llama.parameters.get(name);
    if (parameter === undefined) throw new Error(`bench: the model must have a parameter ${name}`);
    // assign throws when the shape is another.
    const value = tensor(values, [...shape]);
    parameter.assign(value);
    value.dispose();
  }
  return llama;
}
