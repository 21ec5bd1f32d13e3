import { describe, expect, it } from 'vitest';
import { taskLines, taskRecords } from './evaluation-lines.ts';

const results = [
  {
    name: 'arc_easy',
    documents: 1200,
    truncated: 3,
    metrics: { acc: { value: 0.25, standardError: 0.0125 }, acc_norm: { value: 0.3, standardError: null } },
  },
  {
    name: 'lambada',
    documents: 1,
    truncated: 0,
    metrics: { perplexity: { value: 123456.789, standardError: 12 } },
  },
];

describe('taskLines', () => {
  it('makes a table, and says what was cut', () => {
    expect(taskLines(results)).toEqual([
      'task      documents  metric       value  standard error',
      'arc_easy      1,200  acc         0.2500  ± 0.0125',
      '                     acc_norm    0.3000',
      'lambada           1  perplexity  123457  ± 12.0000',
      "arc_easy: 3 of 1200 documents are longer than the model's context; their beginnings were left out",
    ]);
  });
});

describe('taskRecords', () => {
  it('has the names of lm-evaluation-harness', () => {
    expect(taskRecords(results)).toEqual({
      arc_easy: {
        documents: 1200,
        truncated: 3,
        acc: 0.25,
        acc_stderr: 0.0125,
        acc_norm: 0.3,
        acc_norm_stderr: null,
      },
      lambada: { documents: 1, truncated: 0, perplexity: 123456.789, perplexity_stderr: 12 },
    });
  });
});
