/** Rows of text with a heading for each column. */
export interface Table {
  /** A title for each column. */
  readonly head: readonly string[];
  /** Cells of each row; missing ones at its end are empty. */
  readonly rows: readonly (readonly string[])[];
}

const NUMBER = /^[-–+]?[\d.]*(e[+-]?\d+)?( ?%|[A-Z]{0,2})$/;

/** The table for a terminal: columns of equal width, numbers to the right and text to the left. */
export function textTable(table: Table): string {
  const columns = columnsOf(table);
  const line = (row: readonly string[]): string => paddedCells(row, columns).join('  ').trimEnd();
  const rule = columns.map(({ width }) => '-'.repeat(width));
  return [table.head, rule, ...table.rows].map(line).join('\n');
}

/** The table in Markdown, aligned for those who read its source. */
export function markdownTable({ head, rows }: Table): string {
  const escaped = {
    head: head.map(escapeCell),
    rows: rows.map((row) => row.map(escapeCell)),
  };
  // A rule needs three dashes.
  const columns = columnsOf(escaped).map(({ width, isText }) => ({ width: Math.max(3, width), isText }));
  const line = (row: readonly string[]): string => `| ${paddedCells(row, columns).join(' | ')} |`;
  const rule = columns.map(({ width, isText }) => (isText ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(escaped.head), line(rule), ...escaped.rows.map(line)].join('\n');
}

interface Column {
  readonly width: number;
  readonly isText: boolean;
}

function columnsOf({ head, rows }: Table): Column[] {
  return head.map((title, column) => ({
    width: Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)),
    isText: rows.some((row) => !NUMBER.test(row[column] ?? '')),
  }));
}

function paddedCells(row: readonly string[], columns: readonly Column[]): string[] {
  return columns.map(({ width, isText }, column) => {
    const cell = row[column] ?? '';
    return isText ? cell.padEnd(width) : cell.padStart(width);
  });
}

function escapeCell(cell: string): string {
  return cell.replaceAll('|', '\\|');
}
