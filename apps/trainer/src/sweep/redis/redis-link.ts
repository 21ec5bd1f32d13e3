import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { QUEUE, PREFIX } from './run-job.ts';
import type { RunJob, RunJobResult } from './run-job.ts';

/** A connection to the Redis that machines share. */
export interface RedisLink {
  readonly queue: Queue<RunJob, RunJobResult>;
  /** For files. */
  readonly client: Redis;
  close(): Promise<void>;
}

const CONNECT_MS = 5000;
const LONGEST_RETRY_MS = 2000;

/**
 * Options of a connection that waits for a Redis that is gone, however long: commands are sent once it is back.
 *
 * @param url - `redis://` or, with TLS, `rediss://`.
 */
export function patientConnection(url: string): {
  url: string;
  maxRetriesPerRequest: null;
  retryStrategy: (times: number) => number;
} {
  return {
    url,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => Math.min(100 * times, LONGEST_RETRY_MS),
  };
}

/**
 * Connects to Redis.
 *
 * @param note - Told when Redis cannot be reached any more, when it can again, and when it would forget on a crash.
 * @throws Error when it cannot be reached at all; the message has no password.
 */
export async function openRedis(url: string, note: (text: string) => void): Promise<RedisLink> {
  await requireRedis(url, note);
  const { url: _, ...patient } = patientConnection(url);
  const client = new Redis(url, patient);
  let isLost = false;
  client.on('error', (error: Error) => {
    if (!isLost) note(`Redis cannot be reached (${error.message}); waiting for it`);
    isLost = true;
  });
  client.on('ready', () => {
    if (isLost) note('Redis can be reached again');
    isLost = false;
  });
  const queue = new Queue<RunJob, RunJobResult>(QUEUE, {
    connection: patientConnection(url),
    prefix: PREFIX,
  });
  // The client has told of it; an event without a listener would end the process.
  queue.on('error', () => {});
  return {
    queue,
    client,
    close: async () => {
      client.disconnect();
      await queue.disconnect();
    },
  };
}

async function requireRedis(url: string, note: (text: string) => void): Promise<void> {
  if (!/^rediss?:\/\//.test(url)) {
    throw new RangeError('--redis must be redis://HOST:PORT, or rediss:// with TLS, but got something else');
  }
  const probe = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: CONNECT_MS });
  let reason = '';
  probe.on('error', (error: Error) => {
    reason = error.message;
  });
  try {
    await probe.connect();
    const persistence = await probe.info('persistence');
    if (!/aof_enabled:1/.test(persistence)) {
      note('Redis has no append-only file: if it crashes, results that were not gathered are trained again');
    }
  } catch (cause) {
    throw new Error(
      `--redis must be a Redis that can be reached, but ${new URL(url).host} cannot: ${reason === '' ? (cause as Error).message : reason}`,
      { cause },
    );
  } finally {
    probe.disconnect();
  }
}
