import type { SweepAxis, SweepFile, SweepValue } from './sweep-file.ts';

/** The settings of one run as its file has them. */
export type Combination = ReadonlyMap<string, SweepValue>;

const GROUP = 'G';
const PLACE = '{G}';

/**
 * Returns every combination of a sweep's values in the order of the file, the last setting changing fastest. `G` takes
 * the place of `{G}` in the names of recipes, and `channel` that of `g{G}`; recipes without `{G}` occur once, whatever `G`
 * has.
 *
 * @throws RangeError with `path:line:column` for a `{G}` without `G`, the other way about, or a group size that is none.
 */
export function expandSweep({ path, grids }: SweepFile): Combination[] {
  return grids.flatMap((axes) => {
    const groups = axes.find(({ key }) => key === GROUP);
    const rest = axes.filter(({ key }) => key !== GROUP).map((axis) => withGroups(path, axis, groups));
    if (groups !== undefined && !axes.some(isFamily)) {
      throw problemAt(path, groups.values[0]!, `G needs a recipe with ${PLACE} in its name, as "int4-g{G}"`);
    }
    return product(rest).map((entries) => new Map(entries));
  });
}

/** Every way of taking one value of each axis, the last changing fastest. */
function product([first, ...rest]: readonly SweepAxis[]): (readonly [string, SweepValue])[][] {
  if (first === undefined) return [[]];
  const others = product(rest);
  return first.values.flatMap((value) => others.map((other) => [[first.key, value] as const].concat(other)));
}

const nameOf = ({ value }: SweepValue): string => (typeof value === 'string' ? value : '');
const isFamily = ({ key, values }: SweepAxis): boolean =>
  key === 'recipe' && values.some((value) => nameOf(value).includes(PLACE));

function withGroups(path: string, axis: SweepAxis, groups: SweepAxis | undefined): SweepAxis {
  if (!isFamily(axis)) return axis;
  const values = axis.values.flatMap((recipe) => {
    const name = nameOf(recipe);
    if (!name.includes(PLACE)) return [recipe];
    if (groups === undefined) {
      throw problemAt(path, recipe, `${name} needs G, a list of group sizes or "channel"`);
    }
    return groups.values.map((group) => ({ ...recipe, value: recipeWith(path, name, group) }));
  });
  return { ...axis, values };
}

function recipeWith(path: string, family: string, group: SweepValue): string {
  const { value } = group;
  if (value === 'channel') return family.replace(`g${PLACE}`, 'channel').replace(PLACE, 'channel');
  if (Number.isInteger(value)) return family.replace(PLACE, String(value));
  throw problemAt(path, group, `G must be a whole number or "channel", but got ${JSON.stringify(value)}`);
}

function problemAt(path: string, { at }: SweepValue, problem: string): RangeError {
  const { line, column } = at.value;
  return new RangeError(`expandSweep: ${path}:${line}:${column}: ${problem}`);
}
