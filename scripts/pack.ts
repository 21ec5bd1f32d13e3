import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './run-command.ts';
import type { Workspace } from './workspaces.ts';

/**
 * Packs workspaces into `folder`, as npm would publish them, and returns the tarballs by package name.
 *
 * @throws Error when npm pack fails
 */
export async function pack(workspaces: readonly Workspace[], folder: string): Promise<Map<string, string>> {
  mkdirSync(folder, { recursive: true });
  const selected = workspaces.flatMap(({ manifest }) => ['--workspace', manifest.name]);
  const { code, output } = await runCommand('npm', [
    'pack',
    '--silent',
    '--pack-destination',
    folder,
    ...selected,
  ]);
  if (code !== 0) throw new Error(`pack: npm pack failed\n${output}`);
  return new Map(
    workspaces.map(({ manifest: { name, version } }) => [
      name,
      path.join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
    ]),
  );
}
