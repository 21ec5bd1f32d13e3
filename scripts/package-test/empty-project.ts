import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import type { CommandResult } from '../run-command.ts';
import type { Workspace } from '../workspaces.ts';

/** The packages of this repository that `workspace` needs at run time, itself included, by name. */
export function closure(workspace: Workspace, workspaces: readonly Workspace[]): string[] {
  const names = new Set([workspace.manifest.name]);
  // A set that is iterated also visits what is added on the way.
  for (const name of names) {
    const found = workspaces.find(({ manifest }) => manifest.name === name)!;
    for (const dependency of Object.keys(found.manifest.dependencies ?? {})) {
      if (workspaces.some(({ manifest }) => manifest.name === dependency)) names.add(dependency);
    }
  }
  return [...names];
}

/**
 * Makes an npm project in `folder` and installs tarballs there, and the peers they ask for from npm's cache or the
 * registry.
 *
 * @throws Error when npm install fails
 */
export async function createProject(folder: string, tarballs: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await installInto(folder, tarballs);
}

/**
 * Installs packages, by name or tarball, into a project.
 *
 * @throws Error when npm install fails
 */
export async function installInto(folder: string, packages: readonly string[]): Promise<void> {
  const flags = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await runCommand('npm', ['install', ...flags, ...packages], { cwd: folder });
  if (code !== 0) throw new Error(`npm install ${packages.join(' ')} failed:\n${output}`);
}

/** Writes `code` to a file of a project and runs it there on `node`, with every GPU driver hidden. */
export async function runThere(
  folder: string,
  file: string,
  code: string,
  node: string,
): Promise<CommandResult> {
  writeFileSync(path.join(folder, file), code);
  const hidden = path.join(folder, 'no-such-driver.json');
  return runCommand(node, ['--no-warnings', file], {
    cwd: folder,
    env: { VK_DRIVER_FILES: hidden, VK_ICD_FILENAMES: hidden },
    timeoutSeconds: 120,
  });
}
