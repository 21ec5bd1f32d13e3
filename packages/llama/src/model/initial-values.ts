import type { ParameterShape } from './parameter-shapes.ts';
import { RandomStream } from './random.ts';

/** The values a parameter starts from: they depend on the seed, its name and its shape only. */
export function initialValues({ name, shape, initialization }: ParameterShape, seed: number): Float32Array {
  const values = new Float32Array(shape.reduce((size, length) => size * length, 1));
  if (initialization === 'ones') return values.fill(1);
  const random = new RandomStream(seed, name);
  for (let i = 0; i < values.length; i++) values[i] = initialization.standardDeviation * random.normal();
  return values;
}
