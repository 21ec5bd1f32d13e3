/** A cell; `null` is empty. */
type CsvCell = string | number | null;

/** A row: cells by column. */
export type CsvRow = Readonly<Record<string, CsvCell>>;

/**
 * Returns rows as CSV (RFC 4180, lines end with LF), the columns in the order of the first row.
 *
 * @throws RangeError when a row has other columns than the first, or a number is not finite.
 */
export function toCsv(rows: readonly CsvRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const lines = rows.map((row, i) => {
    if (Object.keys(row).join() !== columns.join()) {
      throw new RangeError(
        `toCsv: row ${i} must have the columns ${columns.join()}, but got ${Object.keys(row).join()}`,
      );
    }
    return columns.map((column) => toCell(row[column]!, column)).join(',');
  });
  return `${[columns.map((column) => toCell(column, '')).join(','), ...lines].join('\n')}\n`;
}

function toCell(value: CsvCell, column: string): string {
  if (value === null) return '';
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError(`toCsv: ${column} must be finite, but got ${value}`);
    return String(value);
  }
  return /[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
