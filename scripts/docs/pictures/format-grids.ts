import { decodeTable, E1M2, E2M1, E3M0, INT4, round } from '@nibble-ml/fp4-format';
import type { ElementFormat } from '@nibble-ml/fp4-format';
import type { ChartPanel } from '../../../apps/trainer/src/report/chart-panel.ts';
import { chartSvg } from '../../../apps/trainer/src/report/chart-svg.ts';
import { linePanel } from '../../../apps/trainer/src/report/line-chart.ts';

const WIDTH = 720;
const ROW = 62;
const LEFT = 64;
const RIGHT = 34;

/** Returns the picture of what four bits can hold: the values of four formats, and the staircase of E2M1. */
export function formatGrids(): string {
  return chartSvg('The values of E2M1, INT4, E1M2 and E3M0, and how E2M1 rounds', [
    grids([E2M1, INT4, E1M2, E3M0]),
    staircase(),
  ]);
}

/** A number line for each format, stretched so that all largest magnitudes stand below each other, as a scale does. */
function grids(formats: readonly ElementFormat[]): ChartPanel {
  const rows = formats.map((format, i) => {
    // Of both zeros one.
    const values = [...new Set(decodeTable(format))];
    const largest = Math.max(...values.map(Math.abs));
    const place = (value: number): number => LEFT + ((value / largest + 1) / 2) * (WIDTH - LEFT - RIGHT);
    const y = i * ROW + 16;
    const marks = values.map(
      (value) =>
        `<circle class="dot series-${(i % 6) + 1}" cx="${fix(place(value))}" cy="${y}" r="5"/>${
          isCrowded(value, largest)
            ? ''
            : `<text class="tick" text-anchor="middle" x="${fix(place(value))}" y="${y + 21}">${words(value)}</text>`
        }`,
    );
    return `<text class="name" x="0" y="${y + 4}">${format.name.toUpperCase()}</text><line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>${marks.join('')}`;
  });
  return {
    title: 'Sixteen codes, four formats',
    unit: 'each stretched by its scale to the same largest magnitude',
    legend: [],
    body: rows.join('\n'),
    width: WIDTH,
    height: formats.length * ROW - 14,
  };
}

/** Labels near zero of a format that is dense there would lie over each other. */
function isCrowded(value: number, largest: number): boolean {
  return value !== 0 && Math.abs(value) / largest < 0.06;
}

function staircase(): ChartPanel {
  const xs = Array.from({ length: 1401 }, (_, i) => -7 + i / 100);
  return linePanel({
    title: 'What E2M1 makes of x / scale',
    unit: 'nearest value, ties to even; beyond ±6 it saturates',
    xLabel: 'x / scale',
    series: [
      {
        name: 'x',
        points: [
          [-6, -6],
          [6, 6],
        ],
        color: 5,
        mark: 'faint',
      },
      { name: 'rounded to E2M1', points: xs.map((x) => [x, round(E2M1, x)]), color: 0, mark: 'line' },
    ],
    width: WIDTH,
    height: 360,
  });
}

const words = (value: number): string => String(value).replace('-', '−');
/** A tenth of a drawing unit is finer than a pixel. */
const fix = (value: number): string => String(Math.round(value * 10) / 10);
