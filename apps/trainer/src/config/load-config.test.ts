import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { stringify } from 'smol-toml';
import { afterAll, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';
import { resolveConfig } from './resolve-config.ts';
import { jsonSettings, tomlSettings } from './setting-position.ts';
import type { WrittenSetting } from './setting-position.ts';

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
      /loadConfig: .*bad\.json:3:11: unexpected "o"; a string needs quotes, as in "one"\n {4}"seed": one\n {12}\^/,
    );
    expect(() => loadConfig(file('cut.json', '{ "steps": 300'))).toThrow(
      /cut\.json:1:15: the file ends too early/,
    );
  });

  it('knows where each setting stands, whatever stands around it', () => {
    const toml = loadConfig(
      file(
        'where.toml',
        [
          '# steps = 1',
          'model = "a # b"  # steps = 2',
          "  data = '''",
          'steps = 3',
          "'''",
          '"steps" = 4',
          'list = [',
          '  "x", # steps = 5',
          ']',
          'inline = { steps = 6 }',
          'dotted.steps = 7',
          '[optimizer]',
          'learningRate = 1',
        ].join('\n'),
      ),
    );
    expect([...toml.positions!.values()]).toEqual([
      { name: 'model', key: { line: 2, column: 1 }, value: { line: 2, column: 9 } },
      { name: 'data', key: { line: 3, column: 3 }, value: { line: 3, column: 10 } },
      { name: 'steps', key: { line: 6, column: 1 }, value: { line: 6, column: 11 } },
      { name: 'list', key: { line: 7, column: 1 }, value: { line: 7, column: 8 } },
      { name: 'inline', key: { line: 10, column: 1 }, value: { line: 10, column: 10 } },
      { name: 'dotted', key: { line: 11, column: 1 }, value: { line: 11, column: 16 } },
      { name: 'optimizer', key: { line: 12, column: 1 }, value: { line: 12, column: 1 } },
    ]);
    const json = loadConfig(
      file('where.json', '{\n  "a": {"steps": ":"},\n  "steps":\n    [1, {"b": 2}]\n}'),
    );
    expect([...json.positions!.values()]).toEqual([
      { name: 'a', key: { line: 2, column: 3 }, value: { line: 2, column: 8 } },
      { name: 'steps', key: { line: 3, column: 3 }, value: { line: 4, column: 5 } },
    ]);
  });

  it('finds every setting that a parser finds', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }).filter((any) => any !== null && !JSON.stringify(any).includes('null')),
      fc.string(),
    );
    const settings = fc.dictionary(fc.string({ minLength: 1 }), value);
    fc.assert(
      fc.property(settings, (values) => {
        const names = Object.keys(values).toSorted();
        const found = (text: WrittenSetting[]): string[] => text.map(({ name }) => name).toSorted();
        expect(found(jsonSettings(JSON.stringify(values, null, 1)))).toEqual(names);
        const toml = Object.entries(values).map(([key, each]) => stringify({ [key]: each }));
        // A table would swallow the settings after it.
        const flat = toml.filter((lines) => !lines.includes('\n['));
        const isFlat = (index: number): boolean => !toml[index]!.trimStart().startsWith('[');
        const wanted = Object.keys(values).filter((_, index) => isFlat(index));
        expect(
          found(tomlSettings(flat.filter((lines) => !lines.trimStart().startsWith('[')).join(''))),
        ).toEqual(wanted.toSorted());
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('refuses a setting that stands twice', () => {
    expect(() => loadConfig(file('twice.json', '{\n  "steps": 1,\n  "steps": 2\n}'))).toThrow(
      /twice\.json:3:3: "steps" stands here again, after line 2\n/,
    );
    expect(() => loadConfig(file('twice.toml', 'steps = 1\nsteps = 2\n'))).toThrow(/twice\.toml:2:/);
  });

  it('gives line and column of what is wrong, and the nearest setting', () => {
    const message = (name: string, content: string): string => {
      try {
        resolveConfig({ file: loadConfig(file(name, content)) });
      } catch (error) {
        return (error as Error).message.replaceAll(`${folder}/`, '');
      }
      throw new Error('nothing was wrong');
    };
    expect(message('t.toml', 'steps = 3\nlerningRate = 0.1\nbatchSize = "8"\n')).toBe(
      'resolveConfig: "lerningRate" is not a setting (in t.toml:2:1); did you mean "learningRate"?\n' +
        'resolveConfig: batchSize must be a whole number from 1 to 65,536, but got "8" (in t.toml:3:13)',
    );
    expect(message('n.toml', '[optimizer]\nlerningRate = 0.1\n')).toBe(
      'resolveConfig: "optimizer" is not a setting (in n.toml:1:1); settings stand at the top level, not in a table or object; did you mean "learningRate"?',
    );
    expect(message('n.json', '{"steps": {"count": 3},\n "train": {"steps": 3}}')).toBe(
      'resolveConfig: steps must be a whole number from 1 to 1,000,000,000, but got {"count":3} (in n.json:1:11)\n' +
        'resolveConfig: "train" is not a setting (in n.json:2:2); settings stand at the top level, not in a table or object',
    );
    expect(message('d.toml', 'seed = 1979-05-27\n')).toMatch(
      /seed must be .* but got .*1979.* \(in d\.toml:1:8\)/,
    );
  });

  it('names the quotes that a string lacks', () => {
    expect(() => loadConfig(file('bare.toml', 'model = tiny # the model\n'))).toThrow(
      /bare\.toml:1:9: invalid value; a string needs quotes, as in "tiny"\n/,
    );
    expect(() => loadConfig(file('bare.json', '{"data": my/text.txt, "steps": 3}'))).toThrow(
      /bare\.json:1:10: unexpected "m"\n/,
    );
    expect(() => loadConfig(file('bare2.json', '{\n "data": my/text.txt,\n "steps": 3}'))).toThrow(
      /bare2\.json:2:10: unexpected "m"; a string needs quotes, as in "my\/text\.txt"\n/,
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
