import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { createRun, openRun, requireNewFolder } from './run-folder.ts';
import { type RunRecord } from './run-record.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nibble-run-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const record: RunRecord = {
  config: { ...defaultConfig, seed: 42 },
  versions: { '@nibble-ml/trainer': '0.1.0', node: 'v24.0.0' },
  backend: 'wasm',
  adapter: { vendor: 'none' },
};

describe('createRun', () => {
  it('makes the folder with its parents, and openRun reads it back', () => {
    const dir = join(root, 'runs', 'first');
    expect(createRun(dir, record)).toEqual({ dir, record });
    expect(openRun(dir)).toEqual({ dir, record });
    expect(readdirSync(dir).toSorted()).toEqual(['SHA256SUMS', 'config.json']);
    expect(readdirSync(join(root, 'runs'))).toEqual(['first']);
  });

  it('takes an empty folder', () => {
    createRun(root, record);
    expect(openRun(root).record.config.seed).toBe(42);
  });

  it('leaves a folder that is not empty as it is', () => {
    writeFileSync(join(root, 'thesis.txt'), 'do not touch');
    expect(() => createRun(root, record)).toThrow(
      /createRun: .* must be a new or empty folder, but it is not empty; choose another folder/,
    );
    expect(readdirSync(root)).toEqual(['thesis.txt']);
  });

  it('points to --resume when the folder is a run', () => {
    createRun(root, record);
    const before = readFileSync(join(root, 'config.json'), 'utf8');
    expect(() => createRun(root, { ...record, backend: 'cpu' })).toThrow(/go on with it by --resume/);
    expect(readFileSync(join(root, 'config.json'), 'utf8')).toBe(before);
  });

  it('names the file in the way', () => {
    writeFileSync(join(root, 'file'), '');
    expect(() => createRun(join(root, 'file'), record)).toThrow(/must be a new folder, but .*file is a file/);
    expect(() => createRun(join(root, 'file', 'below'), record)).toThrow(
      /must be a new folder, but .*file is a file/,
    );
  });

  it('names a place that cannot be written', () => {
    expect(() => createRun('/proc/nibble/run', record)).toThrow(
      /createRun: \/proc\/nibble\/run must be a folder that can be written, but .*ENOENT/,
    );
  });

  it('refuses a record that JSON would change, before anything is written', () => {
    const dir = join(root, 'new');
    expect(() => createRun(dir, { ...record, config: { ...defaultConfig, learningRate: Infinity } })).toThrow(
      /config\.json must hold finite numbers only, but learningRate is Infinity/,
    );
    expect(existsSync(dir)).toBe(false);
  });
});

describe('the checksums of a run', () => {
  const files = { 'tokenizer.json': '{"model":1}' };

  it('are as sha256sum writes them, and cover every file that never changes', () => {
    const { dir } = createRun(join(root, 'r'), record, files);
    expect(readFileSync(join(dir, 'tokenizer.json'), 'utf8')).toBe('{"model":1}');
    const hash = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(join(dir, name)))
        .digest('hex');
    expect(readFileSync(join(dir, 'SHA256SUMS'), 'utf8')).toBe(
      ['tokenizer.json', 'config.json'].map((name) => `${hash(name)}  ${name}\n`).join(''),
    );
  });

  it.each(['config.json', 'tokenizer.json'])('find a changed bit and a torn %s', (name) => {
    const { dir } = createRun(join(root, 'r'), record, files);
    const path = join(dir, name);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, -2));
    expect(() => openRun(dir)).toThrow(new RegExp(`openRun: .*${name} must have the SHA-256`));
    writeFileSync(path, whole.with(5, whole[5]! ^ 1));
    expect(() => openRun(dir)).toThrow(new RegExp(`openRun: .*${name} must have the SHA-256`));
    rmSync(path);
    expect(() => openRun(dir)).toThrow(new RegExp(`${name}`));
    writeFileSync(path, whole);
    expect(openRun(dir).record).toEqual(record);
  });

  it('may be torn themselves, and may be missing', () => {
    const { dir } = createRun(join(root, 'r'), record, files);
    const path = join(dir, 'SHA256SUMS');
    const whole = readFileSync(path, 'utf8');
    for (const torn of ['', whole.slice(0, -1), whole.slice(0, 40), `x${whole}`]) {
      writeFileSync(path, torn);
      expect(() => openRun(dir)).toThrow(
        /SHA256SUMS must have lines of a SHA-256 and a name, but it is torn/,
      );
    }
    rmSync(path);
    expect(openRun(dir).record).toEqual(record);
  });

  it('do not stand in the way of a run that a kill left half-made', () => {
    mkdirSync(join(root, '.tmp-nibble-r'));
    writeFileSync(join(root, '.tmp-nibble-r', 'tokenizer.json'), 'half');
    createRun(join(root, 'r'), record, files);
    expect(readdirSync(root)).toEqual(['r']);
  });
});

describe('requireNewFolder', () => {
  it('writes nothing', () => {
    requireNewFolder(join(root, 'a', 'b'));
    expect(readdirSync(root)).toEqual([]);
  });
});

describe('openRun', () => {
  it('finds data that are named by a relative path in the folder, and leaves other names alone', () => {
    const dataOf = (name: string, data: string | null): string | null => {
      createRun(join(root, name), { ...record, config: { ...record.config, data } });
      return openRun(join(root, name)).record.config.data;
    };
    expect(dataOf('own', 'text.txt')).toBe(join(root, 'own', 'text.txt'));
    expect(dataOf('absolute', '/texts/a.txt')).toBe('/texts/a.txt');
    expect(dataOf('hub', 'hf:owner/name')).toBe('hf:owner/name');
    expect(dataOf('default', null)).toBeNull();
  });

  it.each([
    ['it does not exist', () => undefined],
    ['it is a file', (dir: string) => writeFileSync(dir, '')],
    ['it has no config\\.json', (dir: string) => mkdirSync(dir)],
    [
      'its config\\.json cannot be read',
      (dir: string) => void (mkdirSync(dir), writeFileSync(join(dir, 'config.json'), '{"con')),
    ],
    [
      'its config\\.json has a wrong field format',
      (dir: string) => void (mkdirSync(dir), writeFileSync(join(dir, 'config.json'), '{"config":{}}')),
    ],
  ])('refuses a folder that is no run: %s', (but, make) => {
    const dir = join(root, 'x');
    make(dir);
    expect(() => openRun(dir)).toThrow(new RegExp(`openRun: .*x must be the folder of a run, but ${but}`));
  });

  it('checks the settings as strictly as those of a new run', () => {
    createRun(join(root, 'r'), record);
    const path = join(root, 'r', 'config.json');
    rmSync(join(root, 'r', 'SHA256SUMS'));
    writeFileSync(path, readFileSync(path, 'utf8').replace('"steps": 300', '"steps": -3'));
    expect(() => openRun(join(root, 'r'))).toThrow(
      /steps must be a whole number .* but got -3 \(in .*config\.json\)/,
    );
  });
});
