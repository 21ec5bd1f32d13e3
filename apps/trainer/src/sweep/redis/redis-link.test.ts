import { describe, expect, it } from 'vitest';
import { openRedis } from './redis-link.ts';

describe('openRedis', () => {
  it('says which Redis cannot be reached, and no password', async () => {
    // Nothing listens on port 1.
    const opened = openRedis('redis://:secret@127.0.0.1:1', () => {});
    await expect(opened).rejects.toThrow(
      /--redis must be a Redis that can be reached, but 127\.0\.0\.1:1 cannot: .+/,
    );
    await expect(opened).rejects.not.toThrow(/secret/);
  });

  it.each(['127.0.0.1:6379', 'http://127.0.0.1', ''])('refuses %j', async (url) => {
    await expect(openRedis(url, () => {})).rejects.toThrow(/--redis must be redis:\/\/HOST:PORT/);
  });
});
