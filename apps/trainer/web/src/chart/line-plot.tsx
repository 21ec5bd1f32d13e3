import type { VNode } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { isDark } from '../theme/theme.ts';
import { plotOptions } from './plot-options.ts';
import type { PlotAxes, PlotSeries } from './plot-options.ts';

/** What {@link LinePlot} draws. */
export interface LinePlotProps {
  /** What is seen, in words, for readers who do not see it. */
  readonly label: string;
  readonly axes: PlotAxes;
  readonly series: readonly PlotSeries[];
  /** The columns: x, then y of each series. */
  readonly data: uPlot.AlignedData;
  /** Pixels; the width is that of the box. */
  readonly height: number;
  /** Called with the index in the columns of what is under the pointer; null when it has left. */
  readonly onHover?: (index: number | null) => void;
}

/** Curves on a canvas, fast enough to be drawn at every frame, in the colours and with the axes of reports. */
export function LinePlot({ label, axes, series, data, height, onHover }: LinePlotProps): VNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const latest = useRef({ data, onHover });
  latest.current = { data, onHover };

  // What a plot consists of changes rarely, and then it is made anew; steps only bring new data.
  const shape = JSON.stringify([axes, series, height, isDark.value]);
  useLayoutEffect(() => {
    const element = box.current!;
    const made = new uPlot(
      plotOptions({
        axes,
        series,
        width: Math.max(1, element.clientWidth),
        height,
        style: getComputedStyle(document.documentElement),
        onHover: (index) => latest.current.onHover?.(index),
      }),
      latest.current.data,
      element,
    );
    plot.current = made;
    const resize = new ResizeObserver(() => {
      const width = element.clientWidth;
      if (width !== made.width && width > 0) made.setSize({ width, height });
    });
    resize.observe(element);
    return () => {
      resize.disconnect();
      plot.current = undefined;
      made.destroy();
    };
  }, [shape]);
  // Within the frame that has brought the data.
  useLayoutEffect(() => plot.current!.setData(data), [data]);

  return <div class="plot" ref={box} role="img" aria-label={label} style={{ height: `${height}px` }} />;
}
