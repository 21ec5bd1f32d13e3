import { gridPoints, qatDeltaConstants, chinchillaConstants, simulateRecords } from '@nibble-ml/scaling-law';
import type { ScalingRecord } from '@nibble-ml/scaling-law';
import { describe, expect, it } from 'vitest';
import { isQat } from '../experiment.ts';
import { experiments, findExperiments } from '../experiments.ts';
import type { PaperContext } from '../paper-context.ts';
import { defaultSettings } from '../paper-settings.ts';
import { plansOf } from '../run-experiment.ts';
import { errorCells, errorOf } from './error-cells.ts';
import { qatRecipes } from './grid-plans.ts';
import { defaultQatSettings } from './grid-settings.ts';
import { lawFindings } from './law-findings.ts';
import { seedNoise } from './seed-noise.ts';

const context: PaperContext = {
  settings: defaultSettings,
  qat: defaultQatSettings,
  text: { name: 'a text', path: 'runs/text.txt', sha256: '0', validationFraction: 0.05, content: '' },
  runsDir: 'runs',
  outDir: 'out',
  commands: { ofOneModel: 'nibble paper', ofGrid: 'nibble paper' },
  date: '2026-11-22',
};
const grid = (id: string): Parameters<typeof qatRecipes>[0] => {
  const [found] = findExperiments([id]);
  if (found === undefined || !isQat(found)) throw new Error(`${id} rests on no grid`);
  return found;
};

describe('the grid of arXiv 2505.14302', () => {
  it('has at least 80 runs, four sizes, three budgets, and an f32 twin of each', () => {
    const plans = experiments.filter(isQat).flatMap((experiment) => plansOf(experiment, context));
    const distinct = new Map(plans.map((plan) => [plan.dir, plan]));
    expect(distinct.size).toBeGreaterThanOrEqual(80);
    expect(new Set(plans.map(({ config }) => config.model)).size).toBe(4);
    expect(new Set(plans.map(({ config }) => config.steps)).size).toBe(3);
    const site = ({ config, seed }: (typeof plans)[0]): string => `${config.model}/${config.steps}/${seed}`;
    const twins = new Set(plans.filter(({ recipe }) => recipe === 'f32').map(site));
    expect(plans.every((plan) => twins.has(site(plan)))).toBe(true);
  });

  it.each([
    ['b-law', ['int4-g16', 'int4-g32', 'int4-g64', 'int4-channel']],
    [
      'b-formats',
      ['int4-g16', 'int4-g32', 'int4-g64', 'int4-channel', 'fp4-g16', 'fp4-g32', 'fp4-g64', 'fp4-channel'],
    ],
    ['b-fc2', ['int4-g32', 'int4-channel', 'int4-g32-fc2a8', 'int4-channel-fc2a8']],
    [
      'b-parts',
      [
        'int4-g32',
        'int4-channel',
        'int4-g32-w4a16',
        'int4-channel-w4a16',
        'int4-g32-w16a4',
        'int4-channel-w16a4',
      ],
    ],
  ])('%s trains %j beside f32', (id, recipes) => {
    expect(qatRecipes(grid(id), context)).toEqual(recipes);
  });
});

const sizes = [7e4, 2.8e5, 6.3e5, 1.1e6];
const tokens = [2.56e5, 5.12e5, 1.024e6];
/** Length of a row at each size, which is the group of a scale per channel. */
const rowLengths = [64, 128, 192, 256];

/** Runs as a law would have them, by recipe. */
function simulated(
  noise: number,
  seeds: readonly number[],
  k: number = qatDeltaConstants.w4a4.k,
): ScalingRecord[] {
  const points = sizes.flatMap((N, i) => gridPoints([N], tokens, [undefined, 16, 32, 48, rowLengths[i]!]));
  return seeds.flatMap((seed) =>
    simulateRecords(points, {
      base: chinchillaConstants.qat,
      delta: { ...qatDeltaConstants.w4a4, k },
      noise,
      seed,
    }).map(({ N, D, G, precision, loss }): ScalingRecord => {
      const isChannel = G === rowLengths[sizes.indexOf(N)];
      const recipe = G === undefined ? 'f32' : `int4-${isChannel ? 'channel' : `g${G}`}`;
      return { N, D, G, precision, loss, seed, columns: { recipe } };
    }),
  );
}

describe('errorCells', () => {
  it('takes away the loss of the f32 run of the same size, tokens and seed', () => {
    const records = simulated(0.01, [1, 2]);
    const cells = errorCells(records);
    expect(cells).toHaveLength(24);
    const { N, D, seed } = cells[5]!;
    const at = (recipe: string): number =>
      records.find(
        (record) =>
          record.N === N && record.D === D && record.seed === seed && record.columns!['recipe'] === recipe,
      )!.loss;
    expect(errorOf(cells[5]!, 'int4-g48')).toBe(at('int4-g48') - at('f32'));
    expect(() => errorOf(cells[5]!, 'int4-g7')).toThrow(/int4-g7 must be there for N .*train it first/);
  });
});

describe('seedNoise', () => {
  it('is the spread of errors between seeds, pooled', () => {
    const cell = (seed: number, a: number, b: number): ReturnType<typeof errorCells>[0] => ({
      N: 1,
      D: 1,
      seed,
      errors: new Map([
        ['a', a],
        ['b', b],
      ]),
    });
    // Variances 0.0002 and 0.0008.
    expect(seedNoise([cell(1, 0.1, 0.3), cell(2, 0.12, 0.34)])).toBeCloseTo(Math.sqrt(0.0005), 12);
    expect(seedNoise([cell(1, 0.1, 0.3)])).toBeNull();
  });
});

describe('lawFindings', () => {
  const findings = (records: readonly ScalingRecord[]): ReturnType<typeof lawFindings> =>
    lawFindings(records, (name) => ({ file: `${name}.svg`, title: name }));

  it('finds the law that made the runs, and that its rivals fit worse', () => {
    const { result, body, figures } = findings(simulated(1e-5, [1, 2]));
    expect(result).toMatch(/γN 0\.2[12]\d \[0\.2\d+, 0\.2\d+\], γD 0\.07\d+ .*γG 0\.7[78]\d/);
    expect(Object.keys(figures).toSorted()).toEqual(['contours', 'fit', 'inputs']);
    const text = body.join('\n');
    expect(text).toMatch(/`qat-delta`: .* \| 4 .* \| 0\.\d % .* \| 0\.\d % .* \| 0\.0 /);
    expect(text).toMatch(/0 of 96 are not positive/);
    for (const law of ['qat-delta-no-d', 'prior-delta', 'size-delta']) {
      expect(Number(new RegExp(`\`${law}\`.*\\| ([\\d.]+) +\\|`).exec(text)![1])).toBeGreaterThan(10);
    }
    // Three group sizes and one for channels, though a channel is as long as four different rows.
    expect(text).toMatch(/`prior-delta`: [^|]*\| 4 /);
  });

  it('holds where noise is as large as the errors', () => {
    const { result, body } = findings(simulated(0.01, [1, 2]));
    const text = `${result}\n${body.join('\n')}`;
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    const [, count] = /(\d+) of 96 are not positive/.exec(text)!;
    expect(Number(count)).toBeGreaterThan(0);
    expect(text).toMatch(/misses there by \d+\.\d % of the mean error/);
    // Means of two seeds have less noise than single runs.
    const [, miss, ofMeans] = /`qat-delta`: .* \| +([\d.]+) % +\| +([\d.]+) % +\| [^|]*\| +0\.0 /.exec(text)!;
    expect(Number(ofMeans) / Number(miss)).toBeLessThan(0.85);
  });

  it('says in its first sentences that an error is zero within the noise', () => {
    const records = simulated(0, [1, 2], 1e-9).map((record) =>
      record.G === undefined ? record : Object.assign({}, record, { loss: record.loss - 0.01 }),
    );
    expect(findings(records).result).toMatch(/But the term of k is zero within the noise/);
  });

  it('goes on without the laws that the runs do not determine', () => {
    // Two token budgets are too few for the Chinchilla fit that the prior form starts from.
    const { result, body } = findings(simulated(1e-4, [1, 2]).filter(({ D }) => D !== tokens[1]));
    expect(result).toMatch(/^γN 0\.\d.*of the prior form not determined by these runs/);
    expect(body.join('\n')).toMatch(/`prior-delta`: [^|]*\| +\| not determined/);
  });
});
