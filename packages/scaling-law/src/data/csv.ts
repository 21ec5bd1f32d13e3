/**
 * The rows of a CSV text (RFC 4180: comma, optional double quotes with `""` inside, LF or CRLF), blank lines left
 * out, each with the line it starts on, counted from 1. A byte order mark is dropped.
 *
 * @throws SyntaxError for a quote that is not closed, or that opens or closes in the middle of a field.
 */
export function parseCsv(text: string): { line: number; fields: string[] }[] {
  const rows: { line: number; fields: string[] }[] = [];
  let position = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (position < text.length) {
    const row = { line, fields: [] as string[] };
    let atEndOfRow = false;
    while (!atEndOfRow) {
      let field: string;
      if (text[position] === '"') {
        ({ field, position } = quotedField(text, position, line));
        line += field.split('\n').length - 1;
      } else {
        const end = nextDelimiter(text, position);
        field = text.slice(position, end);
        position = end;
        if (field.includes('"')) {
          throw new SyntaxError(`line ${line}: a quote must open at the start of a field, but got ${field}`);
        }
      }
      row.fields.push(field);
      atEndOfRow = text[position] !== ',';
      if (!atEndOfRow) position += 1;
    }
    if (text[position] === '\r') position += 1;
    if (text[position] === '\n') position += 1;
    line += 1;
    const isBlank = row.fields.length === 1 && row.fields[0]!.trim() === '';
    if (!isBlank) rows.push(row);
  }
  return rows;
}

/** Index of the next comma or line end at or after `start`. */
function nextDelimiter(text: string, start: number): number {
  let end = start;
  while (end < text.length && !',\n\r'.includes(text[end]!)) end += 1;
  return end;
}

function quotedField(text: string, start: number, line: number): { field: string; position: number } {
  let field = '';
  let position = start + 1;
  for (;;) {
    const quote = text.indexOf('"', position);
    if (quote === -1) throw new SyntaxError(`line ${line}: a quoted field must be closed, but the text ends`);
    field += text.slice(position, quote);
    position = quote + 1;
    if (text[position] !== '"') break;
    field += '"';
    position += 1;
  }
  if (nextDelimiter(text, position) !== position) {
    throw new SyntaxError(`line ${line}: a closing quote must end its field, but got ${text[position]}`);
  }
  return { field, position };
}
