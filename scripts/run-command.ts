// Runs a program of this repository (its node_modules/.bin comes first in the path) and captures what it prints.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './workspaces.ts';

/** How a program ended. */
export interface CommandResult {
  /** The exit code; 1 when a signal ended it, 127 when it could not be started. */
  readonly code: number;
  /** Standard output and standard error, in the order they came. */
  readonly output: string;
}

/** Options of {@link runCommand}. */
export interface CommandOptions {
  /** Working folder. Default: the repository's root. */
  readonly cwd?: string;
  /** Added to the environment; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Whether the program writes to this terminal, too. Default: it does not. */
  readonly show?: boolean;
  /** The program is ended after this time. Default: it may take as long as it likes. */
  readonly timeoutSeconds?: number;
}

/** Runs `command` without a shell and resolves when it has ended, whatever its exit code. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { cwd = root, env = {}, show = false, timeoutSeconds } = options;
  const bin = path.join(root, 'node_modules', '.bin');
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(timeoutSeconds === undefined ? {} : { timeout: timeoutSeconds * 1000 }),
  });
  const chunks: Buffer[] = [];
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    from.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      if (show) to.write(chunk);
    });
  }
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: 127, output: `${command}: ${error.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString() }));
  });
}
