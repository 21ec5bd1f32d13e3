import { describe, expect, it } from 'vitest';
import { gemmTable, type GemmRow } from './gemm-table.ts';

const row = (role: string, more: Partial<GemmRow> = {}): GemmRow => ({
  role,
  gemm: 'fprop',
  precision: 'E2M1',
  kernel: 'dot',
  backend: 'wasm',
  ...more,
});
const cells = (html: string): string[][] =>
  Array.from(html.matchAll(/<tr><td>(.*?)<\/td><\/tr>/g), ([, inner]) => inner!.split('</td><td>'));

describe('gemmTable', () => {
  it('puts layers that agree into one row', () => {
    const html = gemmTable([
      row('q'),
      row('q', { gemm: 'dgrad' }),
      row('down'),
      row('head', { precision: 'f32' }),
    ]);
    expect(cells(html)).toEqual([
      ['fprop', 'q, down', 'E2M1', 'dot', 'wasm'],
      ['dgrad', 'q', 'E2M1', 'dot', 'wasm'],
      ['fprop', 'head', 'f32', 'dot', 'wasm'],
    ]);
  });

  it('tells blocks apart where the rows do', () => {
    const rows = [2, 0, 3, 5].map((block) => row('q', { block }));
    expect(cells(gemmTable([...rows, row('k', { block: 1 })]))).toEqual([
      ['fprop', 'q 0, 2–3, 5; k 1', 'E2M1', 'dot', 'wasm'],
    ]);
  });
});
