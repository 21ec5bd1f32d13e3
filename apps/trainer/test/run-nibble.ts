import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));

/** How a command ended. */
export interface NibbleResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@link runNibble}. */
export interface RunNibbleOptions {
  readonly cwd: string;
  readonly env?: Record<string, string>;
  /** Called with everything printed so far; a signal it returns is sent, once. */
  readonly onOutput?: (stdout: string) => NodeJS.Signals | undefined;
  /** Milliseconds after which it is killed (SIGKILL), unless it has ended. */
  readonly killAfter?: number;
  /** Called with the process when it has been started, for signals at other times. */
  readonly onStart?: (child: ChildProcess) => void;
  /** Arguments of Node itself. */
  readonly nodeArgs?: readonly string[];
}

/** Runs the `nibble` command from its sources, in a process of its own. */
export function runNibble(
  args: readonly string[],
  { cwd, env, onOutput, killAfter, onStart, nodeArgs = [] }: RunNibbleOptions,
): Promise<NibbleResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--conditions=@nibble-ml/source', ...nodeArgs, cli, ...args], {
      cwd,
      env: { ...process.env, NO_COLOR: '1', ...env },
    });
    onStart?.(child);
    let [stdout, stderr, signalled] = ['', '', false];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const signal = signalled ? undefined : onOutput?.(stdout);
      if (signal === undefined) return;
      signalled = true;
      child.kill(signal);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
