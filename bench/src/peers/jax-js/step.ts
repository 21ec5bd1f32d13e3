import { blockUntilReady, jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { Entry, StepTask } from '../../contest/task.ts';
import { transposed } from '../../gemm/operands.ts';
import { adam, checkedSteps, ropeTables, stepBatch, stepModel, stepParameters } from '../../step/model.ts';
import type { StepModel, StepParameter } from '../../step/model.ts';
import { loss } from './llama.ts';
import type { Inputs } from './llama.ts';
import { makeArray } from './make-array.ts';

type State = { parameters: np.Array[]; first: np.Array[]; second: np.Array[] };

/** A training step under one `jit`: loss, gradients and Adam. */
export function stepEntries(task: StepTask): Entry[] {
  const model = stepModel(task);
  const inputs = makeInputs(model);
  let state = makeState(model);
  let stepCount = 0;
  const compiled = jit((before: State, batch: Inputs, corrections: np.Array) =>
    update(model, before, batch, corrections),
  );
  const step = async (): Promise<number> => {
    stepCount++;
    const corrections = np.array(
      Float32Array.of(1 / (1 - adam.beta1 ** stepCount), 1 / (1 - adam.beta2 ** stepCount)),
    );
    const result = compiled(state, tree.ref(inputs), corrections);
    state = result.state;
    const [value] = await result.value.data();
    await blockUntilReady(state);
    return value!;
  };
  return [
    {
      variant: 'f32',
      run: async () => void (await step()),
      async check() {
        const losses = new Float32Array(checkedSteps);
        for (let i = 0; i < checkedSteps; i++) losses[i] = await step();
        return losses;
      },
      dispose() {
        tree.dispose(state);
        tree.dispose(inputs);
        compiled.dispose();
      },
    },
  ];
}

function update(
  model: StepModel,
  { parameters, first, second }: State,
  inputs: Inputs,
  corrections: np.Array,
): { state: State; value: np.Array } {
  const differentiate = valueAndGrad((weights: np.Array[]) => loss(model, weights, inputs));
  const [value, gradients] = differentiate(tree.ref(parameters));
  const next: State = { parameters: [], first: [], second: [] };
  const [firstCorrection, secondCorrection] = [corrections.ref.slice(0), corrections.slice(1)];
  for (const [i, gradient] of gradients.entries()) {
    const m = first[i]!.mul(adam.beta1).add(gradient.ref.mul(1 - adam.beta1));
    const v = second[i]!.mul(adam.beta2).add(np.square(gradient).mul(1 - adam.beta2));
    const denominator = np.sqrt(v.ref.mul(secondCorrection.ref)).add(adam.epsilon);
    const step = m.ref.mul(firstCorrection.ref).mul(adam.learningRate).div(denominator);
    next.parameters.push(parameters[i]!.sub(step));
    next.first.push(m);
    next.second.push(v);
  }
  firstCorrection.dispose();
  secondCorrection.dispose();
  return { state: next, value };
}

function makeState(model: StepModel): State {
  const parameters = stepParameters(model).map(toArray);
  const zeros = (): np.Array[] => parameters.map(({ shape }) => np.zeros(shape));
  return { parameters, first: zeros(), second: zeros() };
}

function toArray({ name, shape, values }: StepParameter): np.Array {
  const [rows, cols] = shape as [number, number];
  if (shape.length === 1 || name === 'embedding.weight') return makeArray(values, shape);
  return makeArray(transposed(values, rows, cols), [cols, rows]);
}

function makeInputs(model: StepModel): Inputs {
  const { vocabulary, context, headDim } = model;
  const { tokens, targets } = stepBatch(model);
  const { cos, sin } = ropeTables(model);
  const oneHot = new Float32Array(targets.length * vocabulary);
  for (const [row, target] of targets.entries()) oneHot[row * vocabulary + target] = 1;
  const table = (values: Float32Array): np.Array => makeArray(values, [context, 1, headDim]);
  return {
    tokens: makeArray(tokens, [tokens.length]),
    targets: makeArray(oneHot, [targets.length, vocabulary]),
    cos: table(cos),
    sin: table(sin),
  };
}
