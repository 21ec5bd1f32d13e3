import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../run/write-checkpoint.ts';
import { loadCheckpoint } from './load-checkpoint.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'nibble-old-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const position = { seconds: 2, batcher: { seed: 1, context: 8, tokens: 100, epoch: 0, cursor: 3 } };
const progressFrom = (state: object): object => {
  writeCheckpoint(dir, 5, { tensors: new Map(), optimizer: new Map(), state });
  return loadCheckpoint(dir).progress;
};

describe('loadCheckpoint', () => {
  it('reads the hash of the text from before there were datasets', () => {
    expect(progressFrom({ textSha256: 'ab', ...position })).toEqual({
      dataSha256: 'ab',
      wholeText: true,
      ...position,
    });
  });

  it('reads whose data it is, and names what is missing', () => {
    const now = { dataSha256: 'cd', wholeText: false, ...position };
    expect(progressFrom(now)).toEqual(now);
    expect(() => progressFrom(position)).toThrow(
      /state\.json must hold the position of a run, but[^]*dataSha256/,
    );
  });
});
