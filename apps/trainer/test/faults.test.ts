import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultArgs, outcomeOf, writeText } from './fault-run.ts';
import type { Outcome } from './fault-run.ts';
import { readAll, trainAndKillInCheckpoint, trainAndSignal } from './killed-process.ts';
import { runNibble } from './run-nibble.ts';

// The small version of faults.slow.test.ts: real processes and real signals, a few of each.

let cwd = '';
let args: string[];
let wanted: Outcome;

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-faults-'));
  args = [...faultArgs, '--steps', '16', '--data', writeText(cwd)];
  const { code, stderr } = await runNibble(['train', ...args, '--out', 'whole'], { cwd });
  if (code !== 0) throw new Error(stderr);
  wanted = outcomeOf(join(cwd, 'whole'));
});
afterAll(() => rmSync(cwd, { recursive: true }));

async function expectResumed(run: string): Promise<void> {
  const dir = join(cwd, run);
  readAll(dir);
  const { code, stderr } = await runNibble(['train', '--resume', run], { cwd });
  expect(code, stderr).toBe(0);
  expect(outcomeOf(dir)).toEqual(wanted);
}

describe('nibble train', () => {
  it('killed with -9 goes on to the bits of the uninterrupted run', async () => {
    const { code } = await trainAndSignal({ cwd, args, run: 'killed' }, 'SIGKILL', 60);
    expect(code).toBeNull();
    await expectResumed('killed');
  });

  it('killed with -9 inside a checkpoint does so, too', async () => {
    const { code } = await trainAndKillInCheckpoint({ cwd, args, run: join(cwd, 'inside') }, 23);
    expect(code).toBeNull();
    await expectResumed('inside');
  });

  it('stopped by Ctrl-C twice does so, too', async () => {
    let signals = 0;
    const { code } = await runNibble(['train', ...args, '--out', 'twice', '--json'], {
      cwd,
      onStart: (child) => {
        child.stdout!.on('data', (text: string) => {
          if (!text.includes('"step":5,')) return;
          signals += Number(child.kill('SIGINT')) + Number(child.kill('SIGINT'));
        });
      },
    });
    expect(signals).toBe(2);
    expect([0, 130, null]).toContain(code);
    await expectResumed('twice');
  });
});
