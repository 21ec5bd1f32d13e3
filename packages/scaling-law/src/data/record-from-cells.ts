import { isHighPrecision } from '../laws/precision-bits.ts';
import type { ScalingRecord } from './scaling-record.ts';

/** Columns that every record has. */
export const REQUIRED_COLUMNS = ['N', 'D', 'G', 'precision', 'loss'] as const;

/** Columns with a meaning; further ones are kept as text. */
export const KNOWN_COLUMNS: readonly string[] = [...REQUIRED_COLUMNS, 'seed', 'weight'];

/** Decimal numbers only: `Number()` would also take an empty field, hexadecimal and `Infinity`. */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A record from the text of its columns.
 *
 * @throws SyntaxError that names the place and the column of what is wrong.
 */
export function recordFromCells(
  cells: ReadonlyMap<string, string>,
  caller: string,
  where: string,
): ScalingRecord {
  const fail = (column: string, rule: string): never => {
    throw new SyntaxError(`${caller}: ${where}, column ${column}: ${rule}, but got "${cells.get(column)}"`);
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

  const weight = (cells.get('weight') ?? '') === '' ? undefined : positive('weight');
  const columns = Object.fromEntries([...cells].filter(([name]) => !KNOWN_COLUMNS.includes(name)));
  return {
    N,
    D,
    ...(G === undefined ? {} : { G }),
    precision,
    ...(seed === undefined ? {} : { seed }),
    loss,
    ...(weight === undefined ? {} : { weight }),
    ...(Object.keys(columns).length === 0 ? {} : { columns }),
  };
}
