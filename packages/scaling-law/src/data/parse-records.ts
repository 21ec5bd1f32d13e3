import { parseCsv } from './csv.ts';
import { isHighPrecision } from '../laws/precision-bits.ts';
import type { ScalingRecord } from './scaling-record.ts';

const REQUIRED = ['N', 'D', 'G', 'precision', 'loss'] as const;
const KNOWN: readonly string[] = [...REQUIRED, 'seed'];

/** Decimal numbers only: `Number()` would also take an empty field, hexadecimal and `Infinity`. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * Finished runs from CSV text with the columns `N` (non-embedding parameters), `D` (tokens), `G` (group size, empty
 * for high precision), `precision`, `loss` (nats) and, if known, `seed`, in any order. Further columns are kept
 * as text in `columns`.
 *
 * @throws SyntaxError with the line and the column of the first thing that is wrong.
 */
export function parseRecords(csvText: string): ScalingRecord[] {
  const [header, ...rows] = csvRows(csvText);
  if (header === undefined) {
    throw new SyntaxError(
      `parseRecords: the text must start with a header (${KNOWN.join(',')}), but is empty`,
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
    return toRecord(cells, line);
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
  const missing = REQUIRED.filter((name) => !names.includes(name));
  if (missing.length > 0) {
    throw new SyntaxError(
      `parseRecords: line 1: the header must have the columns ${REQUIRED.join(', ')}, ` +
        `but ${missing.join(', ')} is missing; got ${names.join(', ')}`,
    );
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new SyntaxError(`parseRecords: line 1: column names must differ, but ${repeated} is there twice`);
  }
}

function toRecord(cells: ReadonlyMap<string, string>, line: number): ScalingRecord {
  const fail = (column: string, rule: string): never => {
    throw new SyntaxError(
      `parseRecords: line ${line}, column ${column}: ${rule}, but got "${cells.get(column)}"`,
    );
  };
  const positive = (column: string): number => {
    const text = cells.get(column)!;
    const value = Number(text);
    if (!DECIMAL.test(text) || !(value > 0 && Number.isFinite(value))) {
      fail(column, 'must be a positive number');
    }
    return value;
  };

  const precision = cells.get('precision')!;
  if (precision === '') fail('precision', 'must be a name such as f32 or w4a4');
  const N = positive('N');
  const D = positive('D');
  const loss = positive('loss');

  let G: number | undefined;
  if (isHighPrecision(precision)) {
    if (cells.get('G') !== '') fail('G', `must be empty where the precision is ${precision}`);
  } else {
    if (cells.get('G') === '') {
      fail('G', `must be the group size where the precision is ${precision} (per-channel: the hidden size)`);
    }
    G = positive('G');
    if (G < 2) fail('G', 'must be at least 2');
  }

  let seed: number | undefined;
  const seedText = cells.get('seed') ?? '';
  if (seedText !== '') {
    seed = Number(seedText);
    if (!/^\d+$/.test(seedText) || !Number.isSafeInteger(seed))
      fail('seed', 'must be a non-negative integer');
  }

  const columns = Object.fromEntries([...cells].filter(([name]) => !KNOWN.includes(name)));
  return {
    N,
    D,
    ...(G === undefined ? {} : { G }),
    precision,
    ...(seed === undefined ? {} : { seed }),
    loss,
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  };
}
