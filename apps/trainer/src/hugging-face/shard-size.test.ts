import { describe, expect, it } from 'vitest';
import { shardSize } from './shard-size.ts';

describe('shardSize', () => {
  it.each([
    ['5GB', 5_000_000_000],
    ['500MB', 500_000_000],
    ['1.5 KB', 1500],
    ['2GiB', 2 ** 31],
    ['1MiB', 1_048_576],
    ['1KiB', 1024],
  ])('reads %s', (size, bytes) => {
    expect(shardSize('--max-shard-size', size)).toBe(bytes);
  });

  it.each(['', '5', '0GB', '-1GB', 'GB', '5TB', '5gb', '1e3MB', '0.0001KB'])('refuses %j', (size) => {
    expect(() => shardSize('--max-shard-size', size)).toThrow(
      `--max-shard-size must be a size such as 500MB, 5GB or 2GiB, but got ${JSON.stringify(size)}`,
    );
  });
});
