import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  hasTokenShards,
  readTokenShards,
  tokensFolder,
  writeTokenShards,
  type TokenShards,
} from './token-shards.ts';

let run = '';
beforeEach(() => {
  run = mkdtempSync(join(tmpdir(), 'nibble-tokens-'));
});
afterEach(() => rmSync(run, { recursive: true }));

const shards = (vocabSize: number): TokenShards => ({
  name: 'text',
  sha256: 'ab',
  vocabSize,
  train: Int32Array.of(0, 1, vocabSize - 1),
  validation: Int32Array.of(vocabSize - 1),
});
const file = (name: string): string => join(tokensFolder(run), name);

describe('token shards', () => {
  it.each([
    [1024, 'u16', 6],
    [65_536, 'u16', 6],
    [65_537, 'i32', 12],
  ])('of %i tokens come back from .%s', (vocabSize, dtype, bytes) => {
    expect(hasTokenShards(run)).toBe(false);
    writeTokenShards(run, shards(vocabSize));
    expect(hasTokenShards(run)).toBe(true);
    expect(readdirSync(tokensFolder(run)).toSorted()).toEqual([
      'manifest.json',
      `train.${dtype}`,
      `validation.${dtype}`,
    ]);
    expect(statSync(file(`train.${dtype}`)).size).toBe(bytes);
    expect(readTokenShards(run)).toEqual(shards(vocabSize));
  });

  it('are plain little-endian arrays', () => {
    writeTokenShards(run, shards(1024));
    expect([...readFileSync(file('train.u16'))]).toEqual([0, 0, 1, 0, 0xff, 3]);
  });

  it.each([
    ['train.u16', 'does not have the SHA-256', () => appendFileSync(file('train.u16'), 'xx')],
    ['validation.u16', 'is missing', () => rmSync(file('validation.u16'))],
    ['manifest.json', 'is no token manifest', () => writeFileSync(file('manifest.json'), '{}')],
    ['manifest.json', 'is missing', () => rmSync(file('manifest.json'))],
  ])('that are damaged are named: %s %s', (name, problem, damage) => {
    writeTokenShards(run, shards(1024));
    damage();
    expect(() => readTokenShards(run)).toThrow(
      new RegExp(`readTokenShards: .*${name} ${problem}.*; delete .* and encode the text again`),
    );
  });
});
