import type { LinearOp, Linears } from '@nibble-ml/recipes';

/**
 * Puts the linear layers of two recipes together: `first`'s until `lateStep` optimizer steps are done, then `late`'s. On
 * which side a run is follows from `weightsChanged(stepsDone)` alone, so a resumed run goes on as the uninterrupted one.
 *
 * A recipe's own late switch counts the steps of the whole run, as it does alone, whichever recipe is in force by then.
 *
 * `recipe` is the one in force; `gemms()` has what ran under either. Learned clip factors of both are parameters all the time; those that are not in use get no gradient.
 *
 * @param lateStep - at least 1
 * @throws RangeError when both learn clip factors of a layer, which one set would have to serve
 */
export function createSwitchedLinears(first: Linears, late: Linears, lateStep: number): Linears {
  const shared = [...first.parameters.keys()].find((name) => late.parameters.has(name));
  if (shared !== undefined) {
    first.dispose();
    late.dispose();
    throw new RangeError(
      `createSwitchedLinears: ${late.recipe.name} must not learn the clip factors that ${first.recipe.name} learns, but both learn ${shared}; choose another late recipe`,
    );
  }
  let stepsDone = 0;
  const current = (): Linears => (stepsDone < lateStep ? first : late);
  const linear: LinearOp = (xMK, wNK, site) => current().linear(xMK, wNK, site);
  return {
    get recipe() {
      return current().recipe;
    },
    linear: Object.assign(linear, {
      parametersOf: (block: number) => current().linear.parametersOf?.(block) ?? [],
    }),
    operands: (xMK, wNK, site) => current().operands(xMK, wNK, site),
    parameters: new Map([...first.parameters, ...late.parameters]),
    weightsChanged: (done = stepsDone + 1) => {
      stepsDone = done;
      first.weightsChanged(done);
      late.weightsChanged(done);
    },
    gemms: () => [...first.gemms(), ...late.gemms()],
    dispose: () => {
      first.dispose();
      late.dispose();
    },
  };
}
