import { tensor, tensor2d } from '@tensorflow/tfjs-core';
import { createLlama, valueAndGrads } from '@nibble-ml/llama';
import type { Llama } from '@nibble-ml/llama';
import { createAdamW } from '@nibble-ml/optim';
import { createLinears, findRecipe, withGradients } from '@nibble-ml/recipes';
import type { Recipe } from '@nibble-ml/recipes';
import type { Entry, MemoryTask, StepTask } from '../contest/task.ts';
import type { TfjsDevice } from '../contest/tfjs-device.ts';
import { meterMemory } from '../memory/memory-meter.ts';
import { adam, checkedSteps, stepBatch, stepModel, stepParameters } from '../step/model.ts';
import type { StepModel } from '../step/model.ts';
import { stepVariants } from '../step/variants.ts';
import type { StepVariant } from '../step/variants.ts';

/** The recipes of the steps. The first is in f32: the losses of the others are compared with its. */
function stepRecipes(): [StepVariant, Recipe][] {
  const paper = findRecipe('fp4-paper');
  return [
    [stepVariants.f32, findRecipe('f32')],
    [stepVariants.paper, paper],
    [stepVariants.paperF32, withGradients(paper, 'f32')],
    [stepVariants.paperInt8, withGradients(paper, 'int8')],
    [stepVariants.direct, findRecipe('fp4-direct')],
  ];
}

/** A training step in every recipe that is compared. */
export function stepEntries(device: TfjsDevice, task: StepTask): Entry[] {
  return stepRecipes().map(([variant, recipe]) => stepEntry(device, stepModel(task), recipe, { variant }));
}

/** A training step in one recipe, with or without block checkpointing, that counts its memory. */
export function memoryEntry(device: TfjsDevice, task: MemoryTask): Entry {
  const { recipe, checkpointing } = task;
  const peakBytes = meterMemory(device.gpu!);
  const variant = checkpointing === 'none' ? recipe : `${recipe}, ${checkpointing} checkpointing`;
  const entry = stepEntry(device, stepModel(task), findRecipe(recipe), { variant, checkpointing });
  return { ...entry, peakBytes };
}

function stepEntry(
  device: TfjsDevice,
  model: StepModel,
  recipe: Recipe,
  { variant, checkpointing = 'none' }: { variant: string; checkpointing?: 'none' | 'block' },
): Entry {
  const llama = makeLlama(model, checkpointing);
  const linears = createLinears(recipe);
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
    variant,
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
