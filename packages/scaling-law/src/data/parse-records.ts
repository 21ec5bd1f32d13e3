import { parseCsv } from './csv.ts';
import { KNOWN_COLUMNS, recordFromCells, REQUIRED_COLUMNS } from './record-from-cells.ts';
import type { ScalingRecord } from './scaling-record.ts';

/**
 * Finished runs from JSON Lines, one object per line with the fields of {@link parseRecords}; `G` is absent or null for
 * high precision. Blank lines are passed over.
 *
 * @throws SyntaxError with the line and the field of the first thing that is wrong.
 */
export function parseJsonlRecords(text: string): ScalingRecord[] {
  const rows = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [{ row: parseObject(line, index + 1), where: `line ${index + 1}` }];
  });
  return recordsOf('parseJsonlRecords', rows);
}

/**
 * Finished runs from rows that some reader has made objects of, such as those of a Parquet file, with the fields of
 * {@link parseJsonlRecords}.
 *
 * @throws SyntaxError with the row, counted from 1, and the field of the first thing that is wrong.
 */
export function recordsFromRows(rows: readonly Readonly<Record<string, unknown>>[]): ScalingRecord[] {
  return recordsOf(
    'recordsFromRows',
    rows.map((row, index) => ({ row, where: `row ${index + 1}` })),
  );
}

/**
 * Finished runs from CSV text with the columns `N` (non-embedding parameters), `D` (tokens), `G` (group size, empty for
 * high precision), `precision`, `loss` (nats) and, if known, `seed` and `weight`, in any order. Further columns are
 * kept as text in `columns`.
 *
 * @throws SyntaxError with the line and the column of the first thing that is wrong.
 */
export function parseRecords(csvText: string): ScalingRecord[] {
  const [header, ...rows] = csvRows(csvText);
  if (header === undefined) {
    throw new SyntaxError(
      `parseRecords: the text must start with a header (${KNOWN_COLUMNS.join(',')}), but is empty`,
    );
  }
  const names = header.fields.map((name) => name.trim());
  assertHeader(names);
  if (rows.length === 0) {
    throw new SyntaxError('parseRecords: there must be at least one run, but only the header is there');
  }
  return rows.map(({ line, fields }) => {
    if (fields.length !== names.length) {
      throw new SyntaxError(
        `parseRecords: line ${line}: must have ${names.length} fields like the header, but got ${fields.length}`,
      );
    }
    const cells = new Map(names.map((name, column) => [name, fields[column]!.trim()]));
    return recordFromCells(cells, 'parseRecords', `line ${line}`);
  });
}

function csvRows(csvText: string): ReturnType<typeof parseCsv> {
  try {
    return parseCsv(csvText);
  } catch (error) {
    throw new SyntaxError(`parseRecords: ${(error as Error).message}`, { cause: error });
  }
}

function assertHeader(names: readonly string[]): void {
  const missing = REQUIRED_COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new SyntaxError(
      `parseRecords: line 1: the header must have the columns ${REQUIRED_COLUMNS.join(', ')}, ` +
        `but ${missing.join(', ')} is missing; got ${names.join(', ')}`,
    );
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new SyntaxError(`parseRecords: line 1: column names must differ, but ${repeated} is there twice`);
  }
}

function recordsOf(
  caller: string,
  rows: readonly { readonly row: Readonly<Record<string, unknown>>; readonly where: string }[],
): ScalingRecord[] {
  if (rows.length === 0)
    throw new SyntaxError(`${caller}: there must be at least one run, but there is none`);
  return rows.map(({ row, where }) => {
    const cells = new Map(Object.entries(row).map(([name, value]) => [name, cellOf(value)]));
    // An absent group size and an empty one are the same.
    if (!cells.has('G')) cells.set('G', '');
    const missing = REQUIRED_COLUMNS.find((name) => !cells.has(name));
    if (missing !== undefined) {
      throw new SyntaxError(
        `${caller}: ${where}: must have the fields ${REQUIRED_COLUMNS.join(', ')}, but ${missing} is missing`,
      );
    }
    return recordFromCells(cells, caller, where);
  });
}

function parseObject(line: string, number: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`parseJsonlRecords: line ${number}: ${(cause as Error).message}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SyntaxError(
      `parseJsonlRecords: line ${number}: must be an object, but got ${line.slice(0, 60)}`,
    );
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A value as a CSV would have it. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object'
    ? JSON.stringify(value)
    : String(value as string | number | bigint | boolean).trim();
}
