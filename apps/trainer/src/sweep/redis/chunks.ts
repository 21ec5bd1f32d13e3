import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readSync } from 'node:fs';
import type { Redis } from 'ioredis';
import { writeAll } from '../../run/durable-file.ts';

/** Largest value that is put into Redis. */
export const CHUNK_BYTES: number = 4 * 2 ** 20;

/** A file as it lies in Redis. */
export interface StoredFile {
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
  readonly chunks: number;
}

/** A file in Redis that is not whole, or not what it should be. */
export class MissingChunkError extends Error {
  /** Makes the error, which names the key. */
  constructor(key: string) {
    super(`readChunks: ${key} must be in Redis as it was put there, but it is missing or another`);
    this.name = 'MissingChunkError';
  }
}

const chunkKey = (key: string, index: number): string => `${key}:${index}`;

/**
 * Puts a file into Redis in chunks of 4 MiB, one in memory at a time.
 *
 * @param seconds - After which Redis forgets it.
 */
export async function writeChunks(
  client: Redis,
  key: string,
  path: string,
  seconds: number,
): Promise<StoredFile> {
  const file = openSync(path, 'r');
  const hash = createHash('sha256');
  try {
    let [bytes, chunks] = [0, 0];
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(file, chunk);
      if (read === 0) return { bytes, sha256: hash.digest('hex'), chunks };
      hash.update(chunk.subarray(0, read));
      await client.set(chunkKey(key, chunks), chunk.subarray(0, read), 'EX', seconds);
      bytes += read;
      chunks++;
    }
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file that lies in Redis to a new path, and waits until the disk has it.
 *
 * @throws MissingChunkError when a chunk is missing, or the file has another SHA-256.
 */
export async function readChunks(
  client: Redis,
  key: string,
  stored: StoredFile,
  path: string,
): Promise<void> {
  const hash = createHash('sha256');
  const file = openSync(path, 'wx');
  try {
    for (let i = 0; i < stored.chunks; i++) {
      const chunk = await client.getBuffer(chunkKey(key, i));
      if (chunk === null) throw new MissingChunkError(chunkKey(key, i));
      hash.update(chunk);
      writeAll(file, chunk);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  if (hash.digest('hex') !== stored.sha256) throw new MissingChunkError(key);
}

/** Has Redis keep a file for so many seconds from now; returns whether it has all of it. */
export async function keepChunks(
  client: Redis,
  key: string,
  { chunks }: Pick<StoredFile, 'chunks'>,
  seconds: number,
): Promise<boolean> {
  for (let i = 0; i < chunks; i++) {
    if ((await client.expire(chunkKey(key, i), seconds)) === 0) return false;
  }
  return true;
}

/** Removes a file from Redis. */
export async function removeChunks(
  client: Redis,
  key: string,
  { chunks }: Pick<StoredFile, 'chunks'>,
): Promise<void> {
  for (let i = 0; i < chunks; i++) await client.del(chunkKey(key, i));
}
