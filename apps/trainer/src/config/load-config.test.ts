import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'nibble-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

describe('loadConfig', () => {
  it('reads the same settings from TOML and JSON', () => {
    const toml = loadConfig(file('a.toml', '# a run\nmodel = "tiny"\nsteps = 1_000\nlearningRate = 3e-4\n'));
    const json = loadConfig(file('a.json', '{ "model": "tiny", "steps": 1000, "learningRate": 3e-4 }'));
    expect(toml.values).toEqual({ model: 'tiny', steps: 1000, learningRate: 3e-4 });
    expect({ ...json.values }).toEqual({ ...toml.values });
  });

  it('shows where TOML is wrong', () => {
    expect(() => loadConfig(file('bad.toml', 'model = "tiny"\nsteps = = 3\n'))).toThrow(
      /loadConfig: .*bad\.toml:2:9: .+\n {2}steps = = 3\n {10}\^/,
    );
  });

  it('shows where JSON is wrong', () => {
    expect(() => loadConfig(file('bad.json', '{\n  "steps": 300,\n  "seed": one\n}'))).toThrow(
      /loadConfig: .*bad\.json:3:11: unexpected "o"\n {4}"seed": one\n {12}\^/,
    );
    expect(() => loadConfig(file('cut.json', '{ "steps": 300'))).toThrow(
      /cut\.json:1:15: the file ends too early/,
    );
  });

  it('rejects what holds no settings', () => {
    expect(() => loadConfig(file('list.json', '[1]'))).toThrow(
      /list\.json must hold one object of settings, but got \[1\]/,
    );
    expect(() => loadConfig(file('a.yaml', 'a: 1'))).toThrow(
      /a\.yaml must end in \.toml or \.json, but it ends in "\.yaml"/,
    );
    expect(() => loadConfig(join(folder, 'none.toml'))).toThrow(/none\.toml .* no such file/);
  });
});
