const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Returns text that HTML and SVG show as it is, in content and in quoted attributes. Control characters, which a
 * sampled text may hold and a page may not, become their Unicode pictures.
 *
 * @param text - Any text.
 */
export function escapeHtml(text: string): string {
  return Array.from(text, (character) => {
    const code = character.codePointAt(0)!;
    if (code < 0x20 && character !== '\n' && character !== '\t') return String.fromCodePoint(0x2400 + code);
    return entities[character] ?? character;
  }).join('');
}

/**
 * Returns an HTML table in a box that scrolls sideways, so that the page never does.
 *
 * @param head - Titles of the columns; none for a table of names and values, whose first column are the titles.
 * @param rows - Text of the cells.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        head.length === 0 && column === 0
          ? `<th scope="row">${escapeHtml(cell)}</th>`
          : `<td>${escapeHtml(cell)}</td>`,
      )
      .join('');
  const titles = head.map((title) => `<th scope="col">${escapeHtml(title)}</th>`).join('');
  const thead = head.length > 0 ? `<thead><tr>${titles}</tr></thead>` : '';
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
  return `<div class="scroll"><table>${thead}<tbody>\n${body}\n</tbody></table></div>`;
}
