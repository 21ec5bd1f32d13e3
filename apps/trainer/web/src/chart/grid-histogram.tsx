import type { VNode } from 'preact';
import { createScale } from '../../../src/report/scale.ts';
import type { Scale } from '../../../src/report/scale.ts';
import type { GridHistogram as GridCounts } from '../engine/engine-event.ts';
import { e2m1Codes } from './e2m1-codes.ts';
import { useWidth } from './use-width.ts';

/** What {@link GridHistogram} draws. */
export interface GridHistogramProps {
  /** What is seen, in words. */
  readonly label: string;
  readonly counts: GridCounts;
  /** Place in the palette of the values that stay. */
  readonly color: number;
  readonly yScale: 'linear' | 'log';
}

const HEIGHT = 240;
const MARGIN = { top: 22, right: 10, bottom: 66, left: 50 };
/** Place in the palette of what is cut off. */
const TAIL_COLOR = 1;
/** Pixels of the bar of the fullest code. */
const CODE_HEIGHT = 20;
/** The end of E2M1. */
const EDGE = 6;
/** Room for the bar of the outermost code. */
const ROOM = 0.5;
/** Pixels between neighbouring codes that their numbers take. */
const NUMBER = 18;

/**
 * A histogram of values on the E2M1 grid: what clamping cuts off in another colour, its thresholds as dashed lines, and
 * below the axis how many values become each code.
 */
export function GridHistogram({ label, counts, color, yScale }: GridHistogramProps): VNode {
  const [box, width] = useWidth<HTMLDivElement>();
  return (
    <div class="drawing" ref={box} style={{ height: `${HEIGHT}px` }}>
      {width > 0 && (
        <svg width={width} height={HEIGHT} role="img" aria-label={label}>
          <Drawing counts={counts} color={color} yScale={yScale} width={width} />
        </svg>
      )}
    </div>
  );
}

function Drawing({
  counts: { start, binWidth, counts, codeCounts, thresholds },
  color,
  yScale,
  width,
}: Omit<GridHistogramProps, 'label'> & { readonly width: number }): VNode {
  const bottom = HEIGHT - MARGIN.bottom;
  const right = width - MARGIN.right;
  const total = Math.max(
    1,
    counts.reduce((sum, count) => sum + count, 0),
  );
  const shares = counts.map((count) => (100 * count) / total);
  const reach = reachOf(counts, start, binWidth);
  const x = createScale({
    type: 'linear',
    domain: [-reach, reach],
    range: [MARGIN.left, right],
    nice: false,
  });
  const y = yOf(shares, yScale, bottom);
  return (
    <>
      {y.ticks.map((tick) => (
        <g key={tick}>
          <line class="grid" x1={MARGIN.left} x2={right} y1={y.map(tick)} y2={y.map(tick)} />
          <text class="tick" text-anchor="end" x={MARGIN.left - 8} y={y.map(tick) + 4}>
            {y.format(tick)}
          </text>
        </g>
      ))}
      {shares.map((share, bin) => {
        if (share === 0) return null;
        const from = start + bin * binWidth;
        const isTail = from + binWidth <= -EDGE || from >= EDGE;
        const top = Math.min(bottom, y.map(Math.max(share, y.ticks[0]!)));
        return (
          <rect
            key={from}
            class={`bar series-${(isTail ? TAIL_COLOR : color) + 1}`}
            x={x.map(from)}
            width={Math.max(0.5, x.map(from + binWidth) - x.map(from) - 0.5)}
            y={top}
            height={bottom - top}
          />
        );
      })}
      <line class="axis" x1={MARGIN.left} x2={right} y1={bottom} y2={bottom} />
      {thresholds !== null && (
        <Thresholds x={x} low={thresholds.low} high={thresholds.high} bottom={bottom} />
      )}
      <Codes x={x} top={bottom + 6} codeCounts={codeCounts} color={color} />
      <text class="tick" text-anchor="end" x={right} y={HEIGHT - 4}>
        bars below: values that become each code
      </text>
    </>
  );
}

/** How far the drawing goes on either side: over the grid, and over whatever lies beyond. */
function reachOf(counts: readonly number[], start: number, binWidth: number): number {
  const first = counts.findIndex((count) => count > 0);
  const last = counts.findLastIndex((count) => count > 0);
  if (first < 0) return EDGE + ROOM;
  return Math.max(EDGE + ROOM, -(start + first * binWidth), start + (last + 1) * binWidth);
}

function yOf(shares: readonly number[], type: 'linear' | 'log', bottom: number): Scale {
  const highest = Math.max(1e-3, ...shares);
  const lowest = Math.min(highest / 10, ...shares.filter((share) => share > 0));
  return createScale({
    type,
    domain: [type === 'log' ? lowest : 0, highest],
    range: [bottom, MARGIN.top],
    tickCount: 3,
  });
}

function Thresholds({
  x,
  low,
  high,
  bottom,
}: {
  readonly x: Scale;
  readonly low: number;
  readonly high: number;
  readonly bottom: number;
}): VNode {
  return (
    <>
      {[low, high].map((at, side) => (
        <g key={side}>
          <line class="reference" x1={x.map(at)} x2={x.map(at)} y1={MARGIN.top - 4} y2={bottom} />
          <text class="tick" text-anchor="middle" x={x.map(at)} y={MARGIN.top - 9}>
            {sign(Number(at.toFixed(2)))}
          </text>
        </g>
      ))}
    </>
  );
}

function Codes({
  x,
  top,
  codeCounts,
  color,
}: {
  readonly x: Scale;
  readonly top: number;
  readonly codeCounts: readonly number[];
  readonly color: number;
}): VNode {
  const most = Math.max(1, ...codeCounts);
  return (
    <>
      {e2m1Codes.map((code, index) => (
        <g key={code}>
          <line class="code" x1={x.map(code)} x2={x.map(code)} y1={top} y2={top + 4} />
          <rect
            class={`bar series-${color + 1}`}
            x={x.map(code) - 3}
            width={6}
            y={top + 6}
            height={(CODE_HEIGHT * (codeCounts[index] ?? 0)) / most}
          />
          {isNumbered(code, x) && (
            <text class="tick" text-anchor="middle" x={x.map(code)} y={top + CODE_HEIGHT + 20}>
              {sign(code)}
            </text>
          )}
        </g>
      ))}
    </>
  );
}

/** Whole codes have their number below, the odd ones where there is room. */
function isNumbered(code: number, x: Scale): boolean {
  return code % 2 === 0 || (Number.isInteger(code) && x.map(1) - x.map(0) > NUMBER);
}

const sign = (value: number): string => (value < 0 ? `−${-value}` : String(value));
