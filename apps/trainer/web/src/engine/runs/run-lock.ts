import { EngineProblem } from '../engine-problem.ts';

const LOCK = 'nibble-lab/run/';
const OWNER = 'nibble-lab/owner/';
/** What a tab is called that has not said its name yet. */
const NAMELESS = 'another tab';
/** Milliseconds after which it has said it for sure. */
const NAME_AFTER = 1000;

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
  const giveBack = await hold(LOCK + run, { ifAvailable: true });
  if (giveBack === undefined) {
    const owner = (await ownerOf(run)) ?? NAMELESS;
    throw new EngineProblem('in-use', `${owner} has this run; pause it there or close that tab`, { owner });
  }
  // Its name is for the others to read; those who waited for it have it for a moment only.
  const takeBackName = await hold(`${OWNER}${run}/${thisTab}`, {});
  return () => {
    giveBack();
    // Last: who waits for it finds the run free.
    takeBackName?.();
  };
}

/** Returns the tab that has a run, this one too; undefined when none has. */
export async function ownerOf(run: string): Promise<string | undefined> {
  const { held = [] } = await navigator.locks.query();
  if (!held.some(({ name }) => name === LOCK + run)) return undefined;
  const prefix = `${OWNER}${run}/`;
  const owner = held.find(({ name }) => name?.startsWith(prefix) === true)?.name?.slice(prefix.length);
  return owner ?? NAMELESS;
}

/**
 * Waits until a tab lets go of a run. One that is closed or crashes tells nobody, but the browser gives its locks back.
 *
 * @param owner - as {@link ownerOf} returns it
 */
export async function untilLetGo(run: string, owner: string): Promise<void> {
  // The name comes right after the run.
  if (owner === NAMELESS) await new Promise((resolve) => setTimeout(resolve, NAME_AFTER));
  else await navigator.locks.request(`${OWNER}${run}/${owner}`, { mode: 'shared' }, () => undefined);
}

/** Holds a lock until the returned function is called; undefined when it is not available, if it has to be. */
function hold(name: string, options: LockOptions): Promise<(() => void) | undefined> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, options, (lock) => {
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
