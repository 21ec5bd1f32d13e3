import type { VNode } from 'preact';
import { useState } from 'preact/hooks';

/** What {@link ValuesTable} shows. */
export interface ValuesTableProps {
  /** What the table is of. */
  readonly caption: string;
  readonly head: readonly string[];
  /** Called when the table is unfolded, and again with every drawing of it. */
  readonly rows: () => readonly (readonly string[])[];
}

/** The values behind a drawing, folded up below it: for readers who do not see it, and for those who want numbers. */
export function ValuesTable({ caption, head, rows }: ValuesTableProps): VNode {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="values" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Values</summary>
      {isOpen && (
        <div class="scroll" tabIndex={0} role="region" aria-label={caption}>
          <table>
            <caption class="hidden">{caption}</caption>
            <thead>
              <tr>
                {head.map((title, column) => (
                  <th scope="col" key={`${column} ${title}`} class={column > 0 ? 'number' : ''}>
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map(([first, ...rest], row) => (
                <tr key={row}>
                  <th scope="row">{first}</th>
                  {rest.map((cell, column) => (
                    <td class="number" key={`${column} ${head[column + 1]}`}>
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
