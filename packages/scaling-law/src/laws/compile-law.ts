import { CompiledExpression } from '../expression/compile-expression.ts';
import type { Expression } from '../expression/expression.ts';
import { parameterAt } from './levels.ts';
import type { Levels } from './levels.ts';
import type { ParameterSpec } from './parameter.ts';
import { inputValue, isQuantizedPoint, isScalingInput } from './point.ts';
import type { ScalingPoint } from './point.ts';

/** Stands for `G` where there is no quantization: its result is masked, and must only be finite. */
const HARMLESS_G = 2;

/** Binds the formula of a law to the columns of some points. */
export function compileLaw(
  { name, parameters }: { readonly name: string; readonly parameters: readonly ParameterSpec[] },
  expression: Expression,
  constants: Readonly<Record<string, number>>,
  levels: Levels,
  points: readonly ScalingPoint[],
): CompiledExpression {
  const indexOf = new Map(parameters.map((parameter, index) => [parameter.name, index]));
  return new CompiledExpression(expression, {
    count: points.length,
    quantized: Uint8Array.from(points, (point) => (isQuantizedPoint(point) ? 1 : 0)),
    constant(found) {
      if (!isScalingInput(found)) {
        const known = constants[found];
        return known === undefined ? undefined : Float64Array.of(known);
      }
      return Float64Array.from(points, (point) =>
        found === 'G' && !isQuantizedPoint(point) ? HARMLESS_G : inputValue(found, point),
      );
    },
    parameter(found) {
      if (found.levels.length === 0) return indexOf.get(found.name)!;
      return Uint16Array.from(points, (point) =>
        isQuantizedPoint(point) ? indexOf.get(parameterAt(`${name}.compile`, found, levels, point))! : 0,
      );
    },
  });
}
