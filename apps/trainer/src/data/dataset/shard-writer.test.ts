import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../run/sha256.ts';
import { createShardWriter } from './shard-writer.ts';
import { shardedTokens } from './sharded-tokens.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nibble-shards-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const options = { split: 'train', dtype: 'uint16', shardTokens: 10 } as const;
const writer = (more: object = {}): ReturnType<typeof createShardWriter> =>
  createShardWriter({ dir, ...options, ...more });
const counting = (from: number, count: number): Uint16Array =>
  Uint16Array.from({ length: count }, (_, i) => from + i);
const sourceOf = (
  shards: Parameters<typeof shardedTokens>[0]['shards'],
  vocabSize = 1000,
): ReturnType<typeof shardedTokens> =>
  shardedTokens({ dir, shards, shardTokens: 10, dtype: 'uint16', vocabSize });

describe('createShardWriter and shardedTokens', () => {
  it('give back what was written, at any place and over the ends of shards', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(25), { maxLength: 6 }), fc.nat(), fc.nat(), (sizes, a, b) => {
        const shards = writer();
        let total = 0;
        for (const size of sizes) {
          shards.write(counting(total, size));
          total += size;
        }
        const tokens = sourceOf(shards.finish());
        expect(tokens.length).toBe(total);
        const start = a % (total + 1);
        const count = b % (total - start + 1);
        expect(tokens.read(start, count)).toEqual(Int32Array.from(counting(start, count)));
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  it('writes files without a header, little-endian, with their checksums', () => {
    const shards = writer();
    shards.write(counting(255, 12));
    const records = shards.finish();
    expect(records.map(({ file, tokens }) => [file, tokens])).toEqual([
      ['train-00000.bin', 10],
      ['train-00001.bin', 2],
    ]);
    const bytes = readFileSync(join(dir, 'train-00000.bin'));
    expect([...bytes.subarray(0, 4)]).toEqual([255, 0, 0, 1]);
    expect(records[0]!.sha256).toBe(sha256([bytes]));
  });

  it('keeps ids of 32 bits', () => {
    const shards = createShardWriter({ dir, split: 'validation', dtype: 'uint32', shardTokens: 10 });
    shards.write(Uint32Array.of(128_000, 7));
    const tokens = shardedTokens({
      dir,
      shards: shards.finish(),
      shardTokens: 10,
      dtype: 'uint32',
      vocabSize: 128_256,
    });
    expect(tokens.read(0, 2)).toEqual(Int32Array.of(128_000, 7));
  });

  it('goes on from a position to the same files, overwriting what came after it', () => {
    const whole = writer();
    whole.write(counting(0, 37));
    const wanted = whole.finish();
    for (const cut of [0, 3, 10, 13, 30, 36]) {
      rmSync(dir, { recursive: true });
      dir = mkdtempSync(join(tmpdir(), 'nibble-shards-'));
      const first = writer();
      first.write(counting(0, cut));
      const position = JSON.parse(JSON.stringify(first.sync())) as ReturnType<typeof first.sync>;
      // Written, but lost to the record: a kill came before it.
      first.write(counting(500, 25));
      first.close();
      const second = writer({ position });
      second.write(counting(cut, 37 - cut));
      expect(second.finish()).toEqual(wanted);
      expect(sourceOf(wanted).read(0, 37)).toEqual(Int32Array.from(counting(0, 37)));
    }
  });

  it('refuses to go on in a shard that has become shorter', () => {
    const first = writer();
    first.write(counting(0, 7));
    const position = first.sync();
    first.close();
    truncateSync(join(dir, 'train-00000.bin'), 5);
    expect(() => writer({ position })).toThrow(
      /train-00000\.bin must have at least 14 bytes, but it ends after 5/,
    );
  });

  it('finishes short writes, and passes on the error of a full disk', () => {
    const slow = writer({
      append: (file: number, bytes: Uint8Array) => writeSync(file, bytes, 0, Math.min(3, bytes.length)),
    });
    slow.write(counting(0, 9));
    expect(sourceOf(slow.finish()).read(0, 9)).toEqual(Int32Array.from(counting(0, 9)));
    const full = writer({
      append: () => {
        throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
      },
    });
    expect(() => full.write(counting(0, 1))).toThrow(/ENOSPC/);
    full.close();
  });
});

describe('shardedTokens', () => {
  const written = (): ReturnType<ReturnType<typeof writer>['finish']> => {
    const shards = writer();
    shards.write(counting(0, 25));
    return shards.finish();
  };

  it('names a shard that is torn or missing', () => {
    const shards = written();
    truncateSync(join(dir, 'train-00002.bin'), 9);
    expect(() => sourceOf(shards)).toThrow(
      /train-00002\.bin must have 10 bytes, but it has 9; remove the folder of the dataset/,
    );
    rmSync(join(dir, 'train-00001.bin'));
    expect(() => sourceOf(shards)).toThrow(/train-00001\.bin must have 20 bytes, but it is missing/);
  });

  it('names a shard that is cut or changed while it is read', () => {
    const tokens = sourceOf(written(), 22);
    expect(() => tokens.read(15, 9)).toThrow(/train-00002\.bin was changed, token 2 has the id 22/);
    truncateSync(join(dir, 'train-00001.bin'), 4);
    expect(() => tokens.read(10, 5)).toThrow(/train-00001\.bin was changed, it ends after 4 bytes/);
  });

  it('refuses a piece outside', () => {
    expect(() => sourceOf(written()).read(20, 6)).toThrow(
      /within the 25 tokens, but got start 20 and count 6/,
    );
  });

  it('reads more shards than may be open at once', () => {
    const shards = writer();
    shards.write(Uint16Array.from({ length: 1000 }, (_, i) => i));
    const tokens = sourceOf(shards.finish());
    expect(readdirSync(dir)).toHaveLength(100);
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < 1000; i += 37) expect(tokens.read(i, 1)).toEqual(Int32Array.of(i));
    }
  });
});
