/** One entry of a legend. */
export interface LegendEntry {
  readonly name: string;
  readonly mark: 'line' | 'dot' | 'reference';
  /** Class that gives the colour, `series-1` to `series-6`; empty for a reference. */
  readonly color: string;
}

/** A chart as a drawing, before it goes into a page or a file. */
export interface ChartPanel {
  readonly title: string;
  /** Unit of the values, beside the title. */
  readonly unit: string;
  /** Empty when the title says it all. */
  readonly legend: readonly LegendEntry[];
  /** SVG elements, in classes of `drawingStyle`. */
  readonly body: string;
  /** Drawing units. */
  readonly width: number;
  readonly height: number;
}
