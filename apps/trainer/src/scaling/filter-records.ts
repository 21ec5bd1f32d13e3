import type { ScalingRecord } from '@nibble-ml/scaling-law';

/**
 * The records of which each named column has the value; `*` in a value stands for any text.
 *
 * @param conditions - As `recipe=int4-*`; the columns are those of the file.
 * @throws RangeError for a condition without `=`, or when no record is left.
 */
export function filterRecords(
  records: readonly ScalingRecord[],
  conditions: readonly string[],
): readonly ScalingRecord[] {
  const tests = conditions.map((condition) => {
    const at = condition.indexOf('=');
    if (at < 1) throw new RangeError(`--where must be COLUMN=VALUE, but got "${condition}"`);
    const pattern = condition
      .slice(at + 1)
      .split('*')
      .map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('.*');
    return { column: condition.slice(0, at), pattern: new RegExp(`^${pattern}$`) };
  });
  const left = records.filter((record) =>
    tests.every(({ column, pattern }) => pattern.test(cellOf(record, column))),
  );
  if (left.length === 0 && records.length > 0) {
    throw new RangeError(
      `--where must leave some runs, but none of ${records.length} has ${conditions.join(', ')}`,
    );
  }
  return left;
}

function cellOf(record: ScalingRecord, column: string): string {
  const { columns = {}, ...known } = record;
  return String((known as Readonly<Record<string, unknown>>)[column] ?? columns[column] ?? '');
}
