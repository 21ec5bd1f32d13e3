import * as tf from '@tensorflow/tfjs';
import type { Entry, MemoryTask, StepTask } from '../../contest/task.ts';
import type { TfjsDevice } from '../../contest/tfjs-device.ts';
import { transposed } from '../../gemm/operands.ts';
import { meterMemory } from '../../memory/memory-meter.ts';
import { adam, checkedSteps, stepBatch, stepModel, stepParameters } from '../../step/model.ts';
import type { StepParameter } from '../../step/model.ts';
import { createLoss } from './llama.ts';

/** A training step as a user of TensorFlow.js writes it: `tf.train.adam` and `minimize`. */
export function stepEntries(device: TfjsDevice, task: StepTask | MemoryTask): Entry[] {
  const peakBytes = task.kind === 'memory' ? meterMemory(device.gpu!) : undefined;
  const model = stepModel(task);
  const parameters = new Map(
    stepParameters(model).map((parameter) => [parameter.name, toVariable(parameter)]),
  );
  const { tokens, targets } = stepBatch(model);
  const tokensM = tf.tensor1d(tokens, 'int32');
  const targetsM = tf.tensor1d(targets, 'int32');
  const { loss, dispose } = createLoss(model, parameters);
  const optimizer = tf.train.adam(adam.learningRate, adam.beta1, adam.beta2, adam.epsilon);
  const step = async (): Promise<number> => {
    const cost = optimizer.minimize(() => loss(tokensM, targetsM), true)!;
    const [value] = await cost.data();
    await device.finish();
    cost.dispose();
    return value!;
  };
  return [
    {
      variant: 'f32',
      ...(peakBytes === undefined ? {} : { peakBytes }),
      run: async () => void (await step()),
      async check() {
        const losses = new Float32Array(checkedSteps);
        for (let i = 0; i < checkedSteps; i++) losses[i] = await step();
        device.throwOnError();
        return losses;
      },
      dispose() {
        for (const tensor of [...parameters.values(), tokensM, targetsM]) tensor.dispose();
        optimizer.dispose();
        dispose();
      },
    },
  ];
}

/** Weights are stored `[in, out]`, which tfjs multiplies fastest; the embedding as it is. */
function toVariable({ name, shape, values }: StepParameter): tf.Variable {
  const [rows, cols] = shape as [number, number];
  if (shape.length === 1 || name === 'embedding.weight') return tf.variable(tf.tensor(values, [...shape]));
  return tf.variable(tf.tensor2d(transposed(values, rows, cols), [cols, rows]));
}
