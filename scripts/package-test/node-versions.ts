import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../run-command.ts';
import { root } from '../workspaces.ts';

/** A Node on this machine. */
export interface NodeVersion {
  readonly major: number;
  /** The absolute path of the program. */
  readonly program: string;
}

/** The Node that runs this script: the one npm installed for this repository. */
export const ownNode: NodeVersion = {
  major: Number.parseInt(process.versions.node, 10),
  program: process.execPath,
};

/**
 * The first Node in the path that does not belong to this repository, which is the one the machine came with; undefined
 * when there is none, or when it is of the same major version as {@link ownNode}.
 */
export async function machineNode(): Promise<NodeVersion | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(path.delimiter)) {
    const program = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    if (!existsSync(program) || realpathSync(program).startsWith(root + path.sep)) continue;
    const { code, output } = await runCommand(program, ['-p', 'process.versions.node']);
    const major = Number.parseInt(output, 10);
    if (code === 0 && major !== ownNode.major) return { major, program };
  }
  return undefined;
}
