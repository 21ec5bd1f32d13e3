import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const module = new URL('./abort-on-signals.ts', import.meta.url).href;

/** Starts a process that says when it is ready, and then runs `body` with the signal. */
async function start(body: string): Promise<ChildProcess> {
  const script = `
    import { abortOnSignals } from ${JSON.stringify(module)};
    const { signal } = abortOnSignals();
    const block = (seconds) => { const end = Date.now() + seconds * 1000; while (Date.now() < end); };
    console.log('ready');
    ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await once(child.stdout, 'data');
  return child;
}

/** What a shell would show as `$?`: a process that a signal ends counts 128 and the signal's number. */
async function exitStatus(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + { SIGINT: 2, SIGTERM: 15 }[signal as 'SIGINT' | 'SIGTERM'];
}

const WAIT = `const alive = setInterval(() => {}, 1000);
  signal.addEventListener('abort', () => console.log('aborted'));`;

describe('abortOnSignals', () => {
  it('turns the first signal into an abort, and tells how to stop at once', async () => {
    const child = await start(`${WAIT}
      signal.addEventListener('abort', () => setTimeout(() => process.exit(7), 20));`);
    let told = '';
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (told += text));
    child.kill('SIGINT');
    expect(await exitStatus(child)).toBe(7);
    expect(told).toContain('press Ctrl-C again to stop at once');
  });

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('ends the process at a second %s with %d', async (name, status) => {
    const child = await start(WAIT);
    child.kill(name);
    await once(child.stdout!, 'data');
    child.kill(name);
    expect(await exitStatus(child)).toBe(status);
  });

  it('counts two that came while the thread was busy', async () => {
    const child = await start(`${WAIT}
      block(0.3);`);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    expect([130, 143]).toContain(await exitStatus(child));
  });
});
