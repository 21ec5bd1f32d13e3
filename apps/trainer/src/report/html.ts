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

/** A cell of a table: text, or markup that is escaped already. */
export type Cell = string | { readonly html: string; readonly className?: string };

/** A cell whose digits line up with those above and below. */
export const numberCell = (text: string): Cell => ({ html: escapeHtml(text), className: 'number' });

/**
 * Returns an HTML table in a box that scrolls sideways, so that the page never does.
 *
 * @param head - Titles of the columns; none for a table of names and values, whose first column are the titles.
 * @param rows - The cells.
 */
export function table(head: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  const cells = (row: readonly Cell[]): string =>
    row
      .map((cell, column) =>
        head.length === 0 && column === 0 ? element('th scope="row"', cell) : element('td', cell),
      )
      .join('');
  const titles = head.map((title) => element('th scope="col"', title)).join('');
  const thead = head.length > 0 ? `<thead><tr>${titles}</tr></thead>` : '';
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
  const isWide = Math.max(head.length, rows[0]?.length ?? 0) > 3;
  return `<div class="scroll"><table${isWide ? ' class="wide"' : ''}>${thead}<tbody>\n${body}\n</tbody></table></div>`;
}

function element(tag: string, cell: Cell): string {
  const { html, className } =
    typeof cell === 'string' ? { html: escapeHtml(cell), className: undefined } : cell;
  return `<${tag}${className === undefined ? '' : ` class="${className}"`}>${html}</${tag.split(' ')[0]}>`;
}

/** A part of a page under a heading. */
export const section = (heading: string, content: string, note?: string): string =>
  `<section><h2>${escapeHtml(heading)}</h2>${note === undefined ? '' : `<p class="note">${escapeHtml(note)}</p>`}\n${content}\n</section>`;

/** A box on the page. */
export const card = (content: string): string => `<div class="card">${content}</div>`;

/** Figures side by side, fewer of them on narrow screens; empty when there are none. */
export const figures = (columns: 2 | 3 | 4, charts: readonly string[]): string =>
  charts.length === 0 ? '' : `<div class="charts of-${columns}">${charts.join('\n')}</div>`;
