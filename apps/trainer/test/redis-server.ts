import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Why tests that need a Redis are skipped; undefined where there is one. */
export const noRedis: string | undefined =
  spawnSync('redis-server', ['--version']).status === 0
    ? undefined
    : 'there is no redis-server (Debian: apt-get install redis-server)';

/** A Redis of a test's own, which writes each command to its disk. */
export interface TestRedis {
  readonly url: string;
  /** Kills it (SIGKILL), or with what it has on its disk starts it again. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

/** Starts a redis-server on a free port with its files in a new folder. */
export async function startRedis(folder: string): Promise<TestRedis> {
  mkdirSync(folder);
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  args.push('--appendonly', 'yes', '--appendfsync', 'always');
  let server: ChildProcess | undefined;
  const redis: TestRedis = {
    url,
    start: async () => {
      server = spawn('redis-server', args, { stdio: 'ignore' });
      await untilItAnswers(url);
    },
    kill: async () => {
      const ended = new Promise<void>((resolve) => server!.once('close', () => resolve()));
      server!.kill('SIGKILL');
      await ended;
    },
  };
  await redis.start();
  return redis;
}

async function untilItAnswers(url: string): Promise<void> {
  for (let left = 100; left > 0; left--) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.ping();
      return;
    } catch {
      await wait(100);
    } finally {
      client.disconnect();
    }
  }
  throw new Error(`redis-server must answer at ${url} within ten seconds, but does not`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
