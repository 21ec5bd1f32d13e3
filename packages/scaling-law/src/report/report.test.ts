import { describe, expect, it } from 'vitest';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { compareLaws } from '../fit/compare-laws.ts';
import { diagnoseFit } from '../fit/diagnose-fit.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { leaveOneSizeOut } from '../fit/leave-one-size-out.ts';
import { isoflopFit } from '../isoflop/isoflop-fit.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import { priorDeltaLaw } from '../laws/prior-law.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import { qat, qatDelta } from '../laws/qat-law.ts';
import { fitFigures } from '../plot/fit-figures.ts';
import { parameterTable } from './fit-tables.ts';
import { markdownReport } from './markdown-report.ts';
import { markdownTable, textTable } from './table.ts';

const base = chinchillaConstants.qat;
const delta = qatDeltaConstants.w4a4;
const points = gridPoints(
  [7.4e7, 1.45e8, 2.97e8, 5.95e8],
  [1e10, 2e10, 5e10, 1e11],
  [undefined, 32, 128, 1536],
);
const clean = simulateRecords(points, { base, delta, noise: 0.0005, seed: 1 });
const records = clean.with(6, { ...clean[6]!, loss: clean[6]!.loss + 0.05 });

describe('markdownReport', () => {
  const fit = fitLaw(qatDelta, records, { resamples: 100 });
  const diagnostics = diagnoseFit(fit, records);
  const comparison = compareLaws([qatDelta, priorDeltaLaw(base)], records, { resamples: 0 });
  const report = markdownReport({
    fit,
    diagnostics,
    comparison,
    validation: leaveOneSizeOut(fit, records),
    figures: ['fit', 'inputs'],
    data: 'runs.csv',
  });

  it('tells the law, its parameters and what speaks against it', () => {
    expect(report).toContain('`delta = k * D^gammaD * log2(G)^gammaG / N^gammaN`');
    for (const name of ['k', 'gammaN', 'gammaD', 'gammaG'])
      expect(report).toMatch(new RegExp(`^\\| ${name} +\\|`, 'm'));
    expect(report).toMatch(/\| prior-delta +\| +3 \| +48 \|/);
    expect(report).toContain('## Each size predicted from the others');
    expect(report).toMatch(/\| w4a4 N 74M D 20B G 128 .*\|/);
    expect(report).toContain('![What was fitted against its inputs](inputs.svg)');
    expect(report).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('has 0 for a positive parameter that vanished', () => {
    const vanished = { value: Number.MIN_VALUE, low: Number.MIN_VALUE, high: 1.5e-8 };
    const { rows } = parameterTable({ ...fit, parameters: { ...fit.parameters, k: vanished } });
    expect(rows[0]).toEqual(['k', '0', '0', '1.5000e-8', 'error coefficient']);
  });

  it('names a law that could not be fitted, and why', () => {
    const unfitted = { law: 'qat-free', notFitted: 'fitLaw: law qat-free needs more runs; add 3' };
    const text = markdownReport({ fit, diagnostics, comparison: [...comparison, unfitted] });
    expect(text).toMatch(/^\| qat-free +\| .* not fitted /m);
    expect(text).toContain('> Note: qat-free could not be fitted to these runs: fitLaw: law qat-free needs');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  it('says so where no run stands out', () => {
    const quiet = diagnoseFit(fitLaw(qatDelta, clean, { resamples: 0 }), clean).filter(
      ({ isOutlier, influence }) => !isOutlier && influence < 1,
    );
    expect(markdownReport({ fit, diagnostics: quiet })).toContain(
      'No run lies more than 3.5 standard deviations off',
    );
  });
});

describe('fitFigures', () => {
  it.each([
    { law: qatDelta, names: ['fit', 'inputs', 'contours'] },
    { law: qat, names: ['fit', 'inputs', 'contours'] },
    { law: priorDeltaLaw(base), names: ['fit', 'inputs', 'contours'] },
  ])('draws $law.name', ({ law, names }) => {
    const fit = fitLaw(law, records, { resamples: 0 });
    const figures = fitFigures(fit, diagnoseFit(fit, records));
    expect(Object.keys(figures)).toEqual(names);
    for (const svg of Object.values(figures)) {
      expect(svg).toMatch(/^<svg .*<\/svg>\n$/s);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    }
    expect(figures['fit']!.match(/class="dot/g)!.length).toBeGreaterThanOrEqual(2 * fit.points);
  });

  it('draws isoFLOP curves', () => {
    const design = [1e19, 1e20, 1e21].flatMap((flops) =>
      [1, 2, 4, 8].map((i) => ({ N: i * 1e8, D: flops / (6e8 * i) })),
    );
    const runs = simulateRecords(design, { base });
    const fit = fitLaw(chinchilla, runs, { resamples: 0 });
    const isoflop = isoflopFit(runs);
    const figures = fitFigures(fit, diagnoseFit(fit, runs), isoflop);
    expect(Object.keys(figures)).toEqual(['fit', 'inputs', 'contours', 'isoflop']);
    expect(figures['isoflop']).not.toMatch(/NaN|undefined|Infinity/);
    expect(markdownReport({ fit, diagnostics: [], isoflop })).toContain('approach 2 is biased');
  });
});

describe('tables', () => {
  const table = {
    head: ['name', 'value'],
    rows: [
      ['a|b', '1'],
      ['long name', '22'],
    ],
  };

  it('are aligned in a terminal', () => {
    expect(textTable(table).split('\n')).toEqual([
      'name       value',
      '---------  -----',
      'a|b            1',
      'long name     22',
    ]);
  });

  it('are escaped and aligned in Markdown', () => {
    expect(markdownTable(table).split('\n')).toEqual([
      '| name      | value |',
      '| --------- | ----: |',
      '| a\\|b      |     1 |',
      '| long name |    22 |',
    ]);
  });
});
