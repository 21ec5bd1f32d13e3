import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCsv } from './csv.ts';

const fieldsOf = (text: string): string[][] => parseCsv(text).map(({ fields }) => fields);

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`;

describe('parseCsv', () => {
  it('reads what RFC 4180 writes, for any text in the fields', () => {
    const field = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    // Two columns at least: one empty column is a blank line, which is left out.
    const table = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(table, fc.constantFrom('\n', '\r\n'), (rows, end) => {
        expect(fieldsOf(rows.map((row) => row.map(quote).join(',')).join(end))).toEqual(rows);
      }),
      { seed: 3 },
    );
  });

  it('takes unquoted fields, a byte order mark, blank lines and any line end', () => {
    expect(fieldsOf('\uFEFFa,b\r\n\r\n1,\n')).toEqual([
      ['a', 'b'],
      ['1', ''],
    ]);
    expect(fieldsOf('')).toEqual([]);
  });

  it('counts lines through quoted line ends', () => {
    expect(parseCsv('a\n"x\ny"\n\nb').map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it.each([
    ['a\n"b', /line 2: a quoted field must be closed/],
    ['a\nb"c', /line 2: a quote must open at the start of a field, but got b"c/],
    ['"a"b', /line 1: a closing quote must end its field, but got b/],
  ])('refuses %j', (text, message) => {
    expect(() => parseCsv(text)).toThrow(message);
  });
});
