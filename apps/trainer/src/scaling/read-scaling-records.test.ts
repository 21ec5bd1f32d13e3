import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countParameters, findModel } from '@nibble-ml/llama';
import { findRecipe, recipes } from '@nibble-ml/recipes';
import { chinchillaConstants, gridPoints, qatDeltaConstants, simulateRecords } from '@nibble-ml/scaling-law';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultConfig } from '../config/train-config.ts';
import { openMetrics } from '../run/metrics.ts';
import { createRun } from '../run/run-folder.ts';
import { filterRecords } from './filter-records.ts';
import { precisionOfRecipe } from './precision-of-recipe.ts';
import { bytesIn, countIn } from './quantity.ts';
import { readScalingRecords } from './read-scaling-records.ts';

let cwd: string;
const at = (name: string): string => join(cwd, name);
const points = gridPoints([7.4e7, 1.45e8, 2.97e8, 5.95e8], [1e10, 2e10, 5e10, 1e11], [undefined, 32, 256]);
const records = simulateRecords(points, {
  base: chinchillaConstants.qat,
  delta: qatDeltaConstants.w4a4,
  noise: 0.0005,
  seed: 1,
});

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'nibble-scaling-'));
  const rows = records.map(({ N, D, G, precision, loss }) => `${N},${D},${G ?? ''},${precision},1,${loss}`);
  writeFileSync(at('runs.csv'), `N,D,G,precision,seed,loss\n${rows.join('\n')}\n`);
  writeFileSync(at('runs.jsonl'), records.map((record) => JSON.stringify({ ...record, seed: 1 })).join('\n'));
  const column = (name: string, values: (number | string | null | bigint)[], type: string): object => ({
    name,
    data: values,
    type,
  });
  const file = parquetWriteBuffer({
    columnData: [
      column(
        'N',
        records.map(({ N }) => BigInt(N)),
        'INT64',
      ),
      column(
        'D',
        records.map(({ D }) => D),
        'DOUBLE',
      ),
      column(
        'G',
        records.map(({ G }) => G ?? null),
        'INT32',
      ),
      column(
        'precision',
        records.map(({ precision }) => precision),
        'STRING',
      ),
      column(
        'seed',
        records.map(() => 1),
        'INT32',
      ),
      column(
        'loss',
        records.map(({ loss }) => loss),
        'DOUBLE',
      ),
    ] as Parameters<typeof parquetWriteBuffer>[0]['columnData'],
  });
  writeFileSync(at('runs.parquet'), new Uint8Array(file));
  writeFileSync(at('broken.parquet'), 'no parquet');
  writeFileSync(at('broken.jsonl'), '{"N": 1}\n');
  mkdirSync(at('empty'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe('readScalingRecords', () => {
  it.each(['runs.jsonl', 'runs.parquet'])('reads %s like runs.csv', async (name) => {
    expect(await readScalingRecords([at(name)])).toEqual(await readScalingRecords([at('runs.csv')]));
  });

  it('puts files together', async () => {
    expect(await readScalingRecords([at('runs.csv'), at('runs.jsonl')])).toHaveLength(2 * records.length);
  });

  it.each([
    ['broken.parquet', /broken\.parquet must be a Parquet file/],
    ['gone.parquet', /gone\.parquet must be a file that can be read/],
    ['broken.jsonl', /broken\.jsonl: parseJsonlRecords: line 1: .* but D is missing/],
    ['gone.csv', /gone\.csv must be a text file, but there is no such file/],
    ['empty', /empty must be a run or hold finished runs, but no folder in it is one/],
  ])('refuses %s', async (name, message) => {
    await expect(readScalingRecords([at(name)])).rejects.toThrow(message);
  });
});

describe('filterRecords', () => {
  const some = [
    { N: 1e6, D: 1e7, precision: 'f32', loss: 3, columns: { recipe: 'f32' } },
    { N: 1e6, D: 1e7, G: 32, precision: 'w4a4', loss: 3.1, columns: { recipe: 'int4-g32' } },
    { N: 1e6, D: 1e7, G: 32, precision: 'w4a4', loss: 3.2, columns: { recipe: 'fp4-g32' } },
  ];

  it('keeps what fits every condition, of any column', () => {
    expect(filterRecords(some, ['recipe=int4-*'])).toEqual([some[1]]);
    expect(filterRecords(some, ['precision=w4a4', 'G=32'])).toEqual([some[1], some[2]]);
    expect(filterRecords(some, ['G='])).toEqual([some[0]]);
    expect(filterRecords(some, [])).toEqual(some);
  });

  it('refuses a condition that is none, or that nothing fits', () => {
    expect(() => filterRecords(some, ['w4a4'])).toThrow(/must be COLUMN=VALUE, but got "w4a4"/);
    expect(() => filterRecords(some, ['recipe=int4.g32'])).toThrow(/none of 3 has recipe=int4\.g32/);
  });
});

describe('countIn and bytesIn', () => {
  it.each([
    ['1e21', 1e21],
    ['300M', 3e8],
    ['1.5b', 1.5e9],
    ['2T', 2e12],
    ['74k', 74_000],
  ])('%s is %d', (text, count) => {
    expect(countIn('--size', text)).toBe(count);
  });

  it.each([
    ['500MB', 5e8],
    ['2GiB', 2 ** 31],
    ['1e9', 1e9],
    ['3 k', 3000],
  ])('%s are %d bytes', (text, bytes) => {
    expect(bytesIn('--memory', text)).toBe(bytes);
  });

  it.each(['', 'many', '-1', '0', '1X', '1e999'])('refuse "%s"', (text) => {
    expect(() => countIn('--size', text)).toThrow(/--size must be a count/);
    expect(() => bytesIn('--memory', text)).toThrow(/--memory must be bytes/);
  });
});

describe('precisionOfRecipe', () => {
  const model = findModel('nano');
  const of = (name: string): unknown => precisionOfRecipe(findRecipe(name), model);

  it('names bits and group size as scaling laws do', () => {
    expect(of('f32')).toEqual({ precision: 'f32' });
    expect(of('bf16')).toEqual({ precision: 'bf16' });
    expect(of('int4-g32')).toEqual({ precision: 'w4a4', G: 32 });
    expect(of('fp4-g128')).toEqual({ precision: 'w4a4', G: 128 });
    expect(of('int4-channel')).toEqual({ precision: 'w4a4', G: model.dim });
    expect(of('fp4-g64-fc2a8')).toEqual({ precision: 'w4a4-fc2-8bit', G: 64 });
  });

  it('knows every recipe', () => {
    for (const recipe of recipes) {
      const { precision, G } = precisionOfRecipe(recipe, model);
      expect(precision).toMatch(/^(f32|bf16|w(4|8|16)a(4|8|16)(-fc2-8bit)?)$/);
      expect(G === undefined || G >= 2).toBe(true);
    }
  });
});

describe('runs', () => {
  it('become records, unfinished ones left out', async () => {
    const config = {
      ...defaultConfig,
      model: 'nano',
      recipe: 'int4-g32',
      batchSize: 4,
      context: 64,
      steps: 10,
      seed: 7,
    };
    mkdirSync(at('runs'));
    for (const name of ['done', 'under-way']) {
      createRun(at(`runs/${name}`), { config, versions: {}, backend: 'cpu', adapter: {} });
      const metrics = openMetrics(at(`runs/${name}`));
      metrics.append({ type: 'step', step: 10, loss: 3.5 });
      const last = { trainLoss: 3.5, valLoss: 3.25, bitsPerByte: 2, unigramNats: 5, seconds: 1 };
      if (name === 'done') metrics.append({ type: 'done', step: 10, ...last });
      metrics.close();
    }
    const expected = {
      N: countParameters(findModel('nano')).nonEmbedding,
      D: 10 * 4 * 64,
      G: 32,
      precision: 'w4a4',
      seed: 7,
      loss: 3.25,
      columns: { run: 'done', model: 'nano', recipe: 'int4-g32' },
    };
    expect(await readScalingRecords([at('runs')])).toEqual([expected]);
    expect(await readScalingRecords([at('runs/done')])).toEqual([expected]);
    await expect(readScalingRecords([at('runs/under-way')])).rejects.toThrow(/must be a finished run/);
  });
});
