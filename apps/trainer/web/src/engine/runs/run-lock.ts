import { EngineProblem } from '../engine-problem.ts';

const LOCK = 'nibble-lab/run/';
const OWNER = 'nibble-lab/owner/';

/** What other tabs call this one. */
const thisTab = `the tab opened at ${new Date(performance.timeOrigin).toLocaleTimeString('en-GB')}`;

/**
 * Takes a run for this tab, so that no two write it. The browser gives it back when the tab is closed or crashes. A tab that
 * has one is not frozen in the background.
 *
 * @returns what gives it back
 * @throws EngineProblem `in-use` naming the tab that has it
 */
export async function lockRun(run: string): Promise<() => void> {
  const giveBack = await hold(LOCK + run);
  if (giveBack === undefined) {
    const owner = (await ownerOf(run)) ?? 'another tab';
    throw new EngineProblem('in-use', `${owner} has this run; pause it there or close that tab`, { owner });
  }
  // Its name is for the others to read; nobody waits for it.
  const takeBackName = await hold(`${OWNER}${run}/${thisTab}`);
  return () => {
    takeBackName?.();
    giveBack();
  };
}

/** Returns the tab that has a run, this one too; undefined when none has. */
export async function ownerOf(run: string): Promise<string | undefined> {
  const { held = [] } = await navigator.locks.query();
  if (!held.some(({ name }) => name === LOCK + run)) return undefined;
  const prefix = `${OWNER}${run}/`;
  const owner = held.find(({ name }) => name?.startsWith(prefix) === true)?.name?.slice(prefix.length);
  return owner ?? 'another tab';
}

/** Holds a lock until the returned function is called; undefined when somebody else has it. */
function hold(name: string): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { ifAvailable: true }, (lock) => {
        if (lock === null) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => {
          resolve(() => release());
        });
      })
      .catch(reject);
  });
}
