import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { noRedis, startRedis } from '../../../test/redis-server.ts';
import type { TestRedis } from '../../../test/redis-server.ts';
import { isTraining, resultsOf, runsIn } from '../../../test/redis-sweep.ts';
import { startCoordinator, startWorker, until } from '../../../test/redis-sweep.ts';
import { smallText, sweepOf } from '../../../test/small-sweep.ts';

let cwd: string;
let redis: TestRedis | undefined;
beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-worker-killed-'));
  writeFileSync(join(cwd, 'text.txt'), smallText());
  writeFileSync(join(cwd, 'sweep.toml'), sweepOf('recipe = ["f32", "int4-channel"]\nsteps = 40\n'));
  mkdirSync(join(cwd, 'elsewhere'));
  if (noRedis === undefined) redis = await startRedis(join(cwd, 'redis'));
});
afterAll(async () => {
  await redis?.kill();
  rmSync(cwd, { recursive: true, force: true });
});

describe('nibble sweep --redis', () => {
  it('loses nothing when a worker is killed: another trains its run', async ({ skip }) => {
    if (noRedis !== undefined) return skip(noRedis);
    // In another folder there is no text.txt: what a run needs goes through Redis.
    const elsewhere = join(cwd, 'elsewhere');
    const coordinator = startCoordinator(cwd, redis!);
    const doomed = startWorker(elsewhere, redis!, 'doomed');
    await until('the first worker trains', () => isTraining(elsewhere, 'doomed'));
    const survivor = startWorker(elsewhere, redis!, 'survivor');
    await doomed.kill();
    const losses = await resultsOf(cwd, coordinator, redis!);
    await survivor.stop();
    expect(runsIn(join(elsewhere, 'survivor'))).toHaveLength(2);
    expect(losses).toHaveLength(2);
    const config = readFileSync(join(runsIn(join(cwd, 'results'))[0]!, 'config.json'), 'utf8');
    expect(config).toContain(JSON.stringify(join(cwd, 'text.txt')));
    expect(config).not.toContain('elsewhere');
  });
});
