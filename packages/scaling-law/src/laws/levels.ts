import type { LevelKind, NameExpression } from '../expression/expression.ts';
import type { ParameterSpec } from './parameter.ts';
import type { ScalingPoint } from './point.ts';

/** The precisions and group sizes for which a law has parameters of their own. */
export interface Levels {
  /** Names such as `w4a4`. */
  readonly precision?: readonly string[];
  /** Elements that share a scale. */
  readonly G?: readonly number[];
}

/** Name of an indexed parameter at its levels: `eff[32]`, `k[w4a4]`, `eff[w4a4,32]`. */
export function indexedName(name: string, levels: readonly (string | number)[]): string {
  return levels.length === 0 ? name : `${name}[${levels.join(',')}]`;
}

/** One parameter for each combination of its levels; the parameter itself where it has none. */
export function expandParameter(
  spec: ParameterSpec,
  kinds: readonly LevelKind[],
  levels: Levels,
): ParameterSpec[] {
  let combinations: (string | number)[][] = [[]];
  for (const kind of kinds) {
    combinations = combinations.flatMap((combination) =>
      (levels[kind] ?? []).map((level) => combination.concat(level)),
    );
  }
  return combinations.map((combination) => parameterOf(spec, combination));
}

function parameterOf(spec: ParameterSpec, levels: readonly (string | number)[]): ParameterSpec {
  if (levels.length === 0) return spec;
  return {
    ...spec,
    name: indexedName(spec.name, levels),
    meaning: `${spec.meaning}, at ${levels.join(', ')}`,
  };
}

/**
 * Name of the parameter that holds at a point.
 *
 * @throws RangeError if the law has none for the point's precision or group size.
 */
export function parameterAt(
  caller: string,
  name: NameExpression,
  levels: Levels,
  point: ScalingPoint,
): string {
  const at = name.levels.map((kind) => {
    const value = point[kind];
    const known: readonly (string | number)[] = levels[kind] ?? [];
    if (value === undefined || !known.includes(value)) {
      throw new RangeError(
        `${caller}: ${kind} must be one of ${known.join(', ')}, but got ${value}; ` +
          `the law has one ${name.name} for each ${kind} and no form in it`,
      );
    }
    return value;
  });
  return indexedName(name.name, at);
}
