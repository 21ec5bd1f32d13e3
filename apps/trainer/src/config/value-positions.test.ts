import { describe, expect, it } from 'vitest';
import { valuePositions } from './value-positions.ts';

const places = (text: string, kind: 'toml' | 'json'): Record<string, string> =>
  Object.fromEntries(
    Array.from(valuePositions(text, kind), ([path, { key, value }]) => [
      path,
      `${key.line}:${key.column} ${value.line}:${value.column}`,
    ]),
  );

describe('valuePositions', () => {
  it('finds the elements of lists over several lines, with comments between', () => {
    const text = 'seed = 1 # one\nmodel = [ # two\n  "na[n]o", # ]\n  "ti,ny",\n]\nrate = [0.5, 2e-3]\n';
    expect(places(text, 'toml')).toEqual({
      seed: '1:1 1:8',
      model: '2:1 2:9',
      'model[0]': '3:3 3:3',
      'model[1]': '4:3 4:3',
      rate: '6:1 6:8',
      'rate[0]': '6:9 6:9',
      'rate[1]': '6:14 6:14',
    });
  });

  it('finds settings in lists of tables, written either way', () => {
    const text = 'a = 1\n[[runs]]\nmodel = "x"\n\n[[runs]]\nseed = [1, 2]\n';
    expect(places(text, 'toml')).toMatchObject({
      'runs[0]': '2:1 2:1',
      'runs[0].model': '3:1 3:9',
      'runs[1].seed[1]': '6:12 6:12',
    });
    expect(places('runs = [{ model = "x", seed = [1] }]', 'toml')).toMatchObject({
      'runs[0].model': '1:11 1:19',
      'runs[0].seed[0]': '1:32 1:32',
    });
  });

  it('finds the same in JSON', () => {
    expect(places('{\n "a": [1, 2],\n "runs": [{"b": {"c": true}}]\n}', 'json')).toMatchObject({
      a: '2:2 2:7',
      'a[1]': '2:11 2:11',
      'runs[0].b.c': '3:18 3:23',
    });
  });
});
