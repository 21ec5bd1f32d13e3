import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { noRedis, startRedis } from '../../../test/redis-server.ts';
import type { TestRedis } from '../../../test/redis-server.ts';
import {
  expectNoLeftovers,
  isTraining,
  lossesOf,
  resultsOf,
  runsIn,
  runsInTraining,
  startCoordinator,
  startNibble,
  startWorker,
  until,
} from '../../../test/redis-sweep.ts';
import type { Loss, Started } from '../../../test/redis-sweep.ts';
import { runNibble } from '../../../test/run-nibble.ts';
import { smallText, sweepOf } from '../../../test/small-sweep.ts';

const RUNS = 4;
let undisturbed: readonly Loss[] = [];
let [cwd, plain]: [string, string] = ['', ''];
let redis: TestRedis;
let started: Started[] = [];

function prepare(): string {
  const folder = mkdtempSync(join(tmpdir(), 'nibble-redis-faults-'));
  writeFileSync(join(folder, 'text.txt'), smallText());
  writeFileSync(
    join(folder, 'sweep.toml'),
    sweepOf('recipe = ["f32", "int4-channel"]\nseed = [1, 2]\nsteps = 60\n'),
  );
  return folder;
}
const begin = (process: Started): Started => {
  started.push(process);
  return process;
};
const worker = (name: string): Started => begin(startWorker(cwd, redis, name));
const coordinator = (): Started => begin(startCoordinator(cwd, redis));
const results = (sweep: Started): Promise<Loss[]> => resultsOf(cwd, sweep, redis);

describe('nibble sweep --redis', { skip: noRedis !== undefined }, () => {
  beforeAll(async () => {
    plain = prepare();
    const { code, stderr } = await runNibble(['sweep', 'sweep.toml', '--jobs', '2', '--runs', 'plain'], {
      cwd: plain,
    });
    if (code !== 0) throw new Error(stderr);
    undisturbed = lossesOf(plain, 'plain');
  });
  afterAll(() => rmSync(plain, { recursive: true, force: true }));
  beforeEach(async () => {
    cwd = prepare();
    redis = await startRedis(join(cwd, 'redis'));
  });
  afterEach(async () => {
    await Promise.all(started.map((process) => process.kill()));
    started = [];
    await redis.kill();
    rmSync(cwd, { recursive: true, force: true });
  });

  it('survives the death of its coordinator', async () => {
    const first = coordinator();
    worker('a');
    worker('b');
    await until('a run is gathered', () => runsIn(join(cwd, 'results')).length >= 1);
    await first.kill();
    await until(
      'the workers have done the rest',
      () => ['a', 'b'].flatMap((name) => runsIn(join(cwd, name))).length >= RUNS && inTraining().length === 0,
    );
    expect(await results(coordinator())).toEqual(undisturbed);
    expect(['a', 'b'].flatMap((name) => runsIn(join(cwd, name)))).toHaveLength(RUNS);
  });

  it('survives the death of Redis while runs are trained, and while it is away', async () => {
    const sweep = coordinator();
    worker('a');
    worker('b');
    await until('both train', () => isTraining(cwd, 'a') && isTraining(cwd, 'b'));
    const before = inTraining();
    await redis.kill();
    await wait(5000);
    await redis.start();
    // Training goes on without Redis, which must be back to hand out another run.
    await until('another run is trained', () => inTraining().some((name) => !before.includes(name)));
    await redis.kill();
    await redis.start();
    expect(await results(sweep)).toEqual(undisturbed);
  });

  it('survives the death of all three', async () => {
    const first = coordinator();
    const doomed = worker('a');
    worker('b');
    await until('both train', () => isTraining(cwd, 'a') && isTraining(cwd, 'b'));
    await Promise.all([first.kill(), doomed.kill(), redis.kill()]);
    await redis.start();
    // In the folder of the one that died, whose run goes on from its checkpoint.
    worker('a');
    expect(await results(coordinator())).toEqual(undisturbed);
  });

  it('asks again for what a Redis without a disk has forgotten', async () => {
    const sweep = coordinator();
    const first = worker('a');
    await until('a run is gathered', () => runsIn(join(cwd, 'results')).length >= 1);
    await Promise.all([first.kill(), redis.kill()]);
    rmSync(join(cwd, 'redis', 'appendonlydir'), { recursive: true });
    await redis.start();
    // Has no text yet.
    worker('b');
    expect(await results(sweep)).toEqual(undisturbed);
  });

  it('gives the run of a worker that is asked to end to another', async () => {
    const sweep = coordinator();
    const leaving = worker('a');
    await until('it trains', () => isTraining(cwd, 'a'));
    const { code, stderr } = await leaving.stop();
    expect(code, stderr).toBe(0);
    worker('b');
    expect(await results(sweep)).toEqual(undisturbed);
    expect(runsIn(join(cwd, 'b'))).toHaveLength(RUNS);
  });

  it('tries a run that fails again but not one that diverges, records both, and goes on with the others', async () => {
    writeFileSync(join(cwd, 'no-tokenizer.json'), '{}');
    const diverging = '[[runs]]\nlearningRate = 10\nweightDecay = 10\nwarmupFraction = 0\n';
    const rest = `recipe = "f32"\nsteps = 20\n${diverging}[[runs]]\ntokenizer = "no-tokenizer.json"\n[[runs]]\n`;
    writeFileSync(join(cwd, 'failing.toml'), sweepOf(rest));
    const trainer = worker('a');
    const args = ['sweep', 'failing.toml', '--redis', redis.url, '--runs', 'results', '--attempts', '2'];
    const { code, stdout } = await begin(startNibble(cwd, args)).ended;
    expect(code).toBe(1);
    expect(stdout).toMatch(/3 runs, 1 finished, 1 diverged, 1 failed/);
    expect(stdout).toMatch(/diverged: step \d+: the .* is not finite/);
    expect(stdout).toMatch(/failed: loadTokenizer: the tokenizer\.json must be/);
    expect(trainer.output().match(/failed: loadTokenizer/g)).toHaveLength(2);
    expect(trainer.output().match(/ diverged$/gm)).toHaveLength(1);
    await expectNoLeftovers(redis);
  });
});

/** The names of the runs that the workers train. */
function inTraining(): string[] {
  return ['a', 'b'].flatMap((name) => runsInTraining(cwd, name));
}
