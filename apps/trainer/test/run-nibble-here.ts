import { vi } from 'vitest';
import { runCli } from '../src/run-cli.ts';
import type { NibbleResult } from './run-nibble.ts';

/** Runs the `nibble` command in this process, which is much faster than in one of its own. Paths must be absolute. */
export async function runNibbleHere(...args: string[]): Promise<NibbleResult> {
  const printed = { stdout: '', stderr: '' };
  const capture = (stream: 'stdout' | 'stderr') =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      printed[stream] += String(text);
      return true;
    });
  const spies = [
    capture('stdout'),
    capture('stderr'),
    vi.spyOn(console, 'log').mockImplementation((text: string) => {
      printed.stdout += `${text}\n`;
    }),
  ];
  try {
    return { code: await runCli(args), ...printed };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
