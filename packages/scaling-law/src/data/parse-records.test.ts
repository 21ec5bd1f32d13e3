import { describe, expect, it } from 'vitest';
import { parseJsonlRecords, parseRecords, recordsFromRows } from './parse-records.ts';

const header = 'N,D,G,precision,seed,loss';

describe('parseRecords', () => {
  it('reads runs, keeping further columns as text', () => {
    const text = `${header},host\n1e6,2.5e7,,f32,1,3.25,a\n1000000,25000000,32,w4a4,,3.5,"b, c"\n`;
    expect(parseRecords(text)).toEqual([
      { N: 1e6, D: 2.5e7, precision: 'f32', seed: 1, loss: 3.25, columns: { host: 'a' } },
      { N: 1e6, D: 2.5e7, G: 32, precision: 'w4a4', loss: 3.5, columns: { host: 'b, c' } },
    ]);
  });

  it('takes columns in any order, and does without seed', () => {
    expect(parseRecords('loss, precision ,G,D,N\r\n3,bf16,,1e9,1e8\r\n')).toEqual([
      { N: 1e8, D: 1e9, precision: 'bf16', loss: 3 },
    ]);
  });

  it.each([
    ['', /must start with a header \(N,D,G,precision,loss,seed,weight\), but is empty/],
    [header, /at least one run, but only the header is there/],
    ['N,D,precision\n1,2,f32', /line 1: .*but G, loss is missing; got N, D, precision/],
    [`${header},N\n`, /line 1: column names must differ, but N is there twice/],
    [`${header}\n1,2,,f32,0`, /line 2: must have 6 fields like the header, but got 5/],
    [
      `${header}\n1e6,1e7,,f32,0,3\n\nabc,1,,f32,0,3`,
      /line 4, column N: must be a positive number, but got "abc"/,
    ],
    [`${header}\n1e6,0,,f32,0,3`, /line 2, column D: must be a positive number, but got "0"/],
    [`${header}\n1e6,0x10,,f32,0,3`, /column D: .* but got "0x10"/],
    [`${header}\n1e6,1e7,,f32,0,`, /column loss: must be a positive number, but got ""/],
    [`${header}\n1e6,1e7,,f32,0,NaN`, /column loss: .* but got "NaN"/],
    [`${header}\n1e6,1e400,,f32,0,3`, /column D: .* but got "1e400"/],
    [`${header}\n1e6,1e7,,,0,3`, /column precision: must be a name/],
    [`${header}\n1e6,1e7,32,bf16,0,3`, /column G: must be empty where the precision is bf16, but got "32"/],
    [`${header}\n1e6,1e7,,w4a4,0,3`, /column G: must be the group size where the precision is w4a4/],
    [`${header}\n1e6,1e7,1,w4a4,0,3`, /column G: must be at least 2, but got "1"/],
    [`${header}\n1e6,1e7,,f32,1.5,3`, /column seed: must be a non-negative integer, but got "1.5"/],
    [`${header}\n1e6,1e7,,f32,"0,3`, /parseRecords: line 2: a quoted field must be closed/],
  ])('refuses %j', (text, message) => {
    expect(() => parseRecords(text)).toThrow(SyntaxError);
    expect(() => parseRecords(text)).toThrow(message);
  });
});

describe('parseJsonlRecords', () => {
  it('reads what parseRecords reads', () => {
    const csv = `${header},weight,host\n1e6,2.5e7,,f32,1,3.25,,a\n1000000,25000000,32,w4a4,,3.5,2,b\n`;
    const jsonl = [
      '{"N":1e6,"D":2.5e7,"G":null,"precision":"f32","seed":1,"loss":3.25,"host":"a"}',
      '',
      '{"N":1000000,"D":25000000,"G":32,"precision":"w4a4","loss":3.5,"weight":2,"host":"b"}',
    ].join('\n');
    expect(parseJsonlRecords(jsonl)).toEqual(parseRecords(csv));
  });

  it.each([
    ['', /there must be at least one run/],
    ['{"N":1', /line 1: /],
    ['[1]', /line 1: must be an object, but got \[1\]/],
    ['{"N":1}', /line 1: must have the fields N, D, G, precision, loss, but D is missing/],
    [
      '{"N":1,"D":"x","precision":"f32","loss":3}',
      /line 1, column D: must be a positive number, but got "x"/,
    ],
  ])('refuses %j', (text, message) => {
    expect(() => parseJsonlRecords(text)).toThrow(SyntaxError);
    expect(() => parseJsonlRecords(text)).toThrow(message);
  });
});

describe('recordsFromRows', () => {
  it('takes what a Parquet reader makes of integers', () => {
    const rows = [{ N: 1000000n, D: 2e7, G: 32, precision: 'w4a4', seed: 3, loss: 3.5 }];
    expect(recordsFromRows(rows)).toEqual([{ N: 1e6, D: 2e7, G: 32, precision: 'w4a4', seed: 3, loss: 3.5 }]);
  });

  it('names the row', () => {
    const good = { N: 1e6, D: 2e7, precision: 'f32', loss: 3 };
    expect(() => recordsFromRows([good, { ...good, weight: -1 }])).toThrow(
      /recordsFromRows: row 2, column weight: must be a positive number, but got "-1"/,
    );
  });
});
