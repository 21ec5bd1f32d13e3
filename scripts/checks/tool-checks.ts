import { buildAll } from '../build-all.ts';
import { runCommand } from '../run-command.ts';
import type { Workspace } from '../workspaces.ts';
import type { Check } from './check.ts';

/** Whether every package can be built. Printing the compiler's errors is left to {@link buildAll}. */
export const buildCheck: Check = {
  name: 'build',
  run: async () => ((await buildAll()) ? [] : ['a package could not be built; its errors are above']),
};

/** The checks that are programs run on the whole repository. */
export const toolChecks: readonly Check[] = [
  tool('types', 'tsc', ['-p', 'tsconfig.json']),
  tool('documentation', 'typedoc', ['--emit', 'none']),
  tool('lint', 'oxlint', ['--deny-warnings']),
  tool('format', 'prettier', ['--check', '.', '--log-level', 'warn']),
  tool('dead code', 'knip', []),
];

/** The checks of what a published workspace looks like to npm and to TypeScript, from its packed tarball. */
export function packagingChecks(
  workspaces: readonly Workspace[],
  tarballs: ReadonlyMap<string, string>,
): Check[] {
  return workspaces.flatMap(({ folder, manifest: { name } }) => [
    tool(`publint ${folder}`, 'publint', [folder, '--strict']),
    tool(`types of ${name} as consumers see them`, 'attw', [tarballs.get(name)!, '--profile', 'esm-only']),
  ]);
}

function tool(name: string, command: string, args: readonly string[]): Check {
  return {
    name,
    run: async () => {
      const { code, output } = await runCommand(command, args);
      return code === 0 ? [] : [output];
    },
  };
}
