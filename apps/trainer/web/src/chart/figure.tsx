import type { ComponentChildren, VNode } from 'preact';

/** An entry of a legend: what a curve is, and its value. */
export interface LegendItem {
  readonly name: string;
  /** Place in the palette; null is the grey of references. */
  readonly color: number | null;
  readonly mark: 'line' | 'dot' | 'reference' | 'area';
  /** The newest value, or that under the pointer. */
  readonly value?: string;
}

/** What {@link Figure} shows around a drawing. */
export interface FigureProps {
  readonly title: string;
  /** Unit of what is drawn, beside the title. */
  readonly unit: string;
  readonly legend?: readonly LegendItem[];
  /** Switches of the drawing, at the end of the title's line. */
  readonly controls?: ComponentChildren;
  /** A sentence below the drawing. */
  readonly note?: ComponentChildren;
  readonly className?: string;
  readonly children: ComponentChildren;
}

/** A drawing with its title, legend and switches, in the form of reports. */
export function Figure({
  title,
  unit,
  legend = [],
  controls,
  note,
  className = '',
  children,
}: FigureProps): VNode {
  return (
    <figure class={`chart ${className}`.trim()}>
      <figcaption>
        <span class="chart-title">{title}</span> <span class="unit">{unit}</span>
        {controls !== undefined && <span class="controls">{controls}</span>}
        {legend.length > 0 && (
          <ul class="legend">
            {legend.map(({ name, color, mark, value }, index) => (
              <li class="entry" key={`${index} ${name}`}>
                <i class={`key-${mark} ${color === null ? 'grey' : `series-${(color % 6) + 1}`}`} />
                {name}
                {value !== undefined && <b>{value}</b>}
              </li>
            ))}
          </ul>
        )}
      </figcaption>
      {children}
      {note !== undefined && <p class="note">{note}</p>}
    </figure>
  );
}
