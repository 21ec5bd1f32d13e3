import { readFileSync } from 'node:fs';
import { isHighPrecision } from '@nibble-ml/scaling-law';
import { expect, it } from 'vitest';
import { trainedData } from './example-data.ts';
import { usualLaw } from './scaling-data.ts';

const read = (file: string): string => readFileSync(new URL(file, import.meta.url), 'utf8');

it('is a copy of the rows of the experiments: cp docs/paper/b-law.csv apps/trainer/web/src/scaling/', () => {
  expect(read('b-law.csv')).toBe(read('../../../../../docs/paper/b-law.csv'));
});

it('has runs and their twins, for the unified law', () => {
  const data = trainedData();
  expect(data.records.length).toBeGreaterThanOrEqual(80);
  expect(data.records.some(({ precision }) => isHighPrecision(precision))).toBe(true);
  expect(usualLaw(data)).toBe('qat');
});
