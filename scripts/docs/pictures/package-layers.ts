import type { ChartPanel } from '../../../apps/trainer/src/report/chart-panel.ts';
import { chartSvg } from '../../../apps/trainer/src/report/chart-svg.ts';
import { layers } from '../../checks/layers.ts';

/** A package in the drawing. */
interface Box {
  readonly folder: string;
  /** What it owns, in a few words. */
  readonly words: string;
  /** Of its centre. */
  readonly x: number;
  readonly row: number;
}

const WIDTH = 720;
const BOX = { width: 136, height: 50 };
const ROW = 100;

const boxes: readonly Box[] = [
  { folder: 'apps/trainer', words: 'nibble, nibble lab', x: 430, row: 0 },
  { folder: 'packages/recipes', words: 'precision by name', x: 215, row: 1 },
  { folder: 'packages/scaling-law', words: 'fits and plans', x: 365, row: 1 },
  { folder: 'packages/occ', words: 'outliers apart', x: 285, row: 2 },
  { folder: 'packages/fake-quant', words: 'any format, QAT', x: 68, row: 3 },
  { folder: 'packages/fp4-gemm', words: 'FP4 products', x: 214, row: 3 },
  { folder: 'packages/dge', words: 'gradient of rounding', x: 360, row: 3 },
  { folder: 'packages/optim', words: 'AdamW, schedules', x: 506, row: 3 },
  { folder: 'packages/llama', words: 'the model', x: 652, row: 3 },
  { folder: 'packages/fp4-format', words: 'numbers, no tfjs', x: 214, row: 4 },
  { folder: 'packages/tfjs-bridge', words: 'devices, kernels', x: 470, row: 4 },
];

/** Returns the picture of which package imports which, drawn from the table that `npm run check` holds. */
export function packageLayers(): string {
  const panel: ChartPanel = {
    title: 'Packages',
    unit: 'an arrow is an import; what follows from others is left out',
    legend: [],
    body: [...arrows(), ...boxes.map(drawBox)].join('\n'),
    width: WIDTH,
    height: 4 * ROW + BOX.height + 6,
  };
  return chartSvg('Which package imports which', [panel]);
}

/** Direct imports that no chain of other imports implies. */
export function essentialImports(): [from: string, to: string][] {
  const reaches = (from: string, to: string): boolean =>
    (layers.get(from) ?? []).some((next) => next === to || reaches(next, to));
  const drawn = new Set(boxes.map(({ folder }) => folder));
  return [...layers].flatMap(([from, imports]) =>
    imports
      .filter((to) => drawn.has(from) && drawn.has(to))
      .filter((to) => !imports.some((other) => other !== to && reaches(other, to)))
      .map((to): [string, string] => [from, to]),
  );
}

function arrows(): string[] {
  return essentialImports().map(([from, to]) => {
    const [a, b] = [boxOf(from), boxOf(to)];
    const [top, bottom] = [a.row * ROW + BOX.height, b.row * ROW - 3];
    // Arrows to one box arrive side by side.
    const end = b.x + Math.max(-50, Math.min(50, (a.x - b.x) / 4));
    const bend = Math.min(60, (bottom - top) / 2);
    const path = `M${a.x} ${top} C${a.x} ${top + bend} ${end} ${bottom - bend} ${end} ${bottom}`;
    return `<path d="${path}" style="fill: none; stroke: var(--axis); stroke-width: 1.5"/><path d="M${end - 4} ${bottom - 7} L${end} ${bottom} L${end + 4} ${bottom - 7}" style="fill: none; stroke: var(--axis); stroke-width: 1.5"/>`;
  });
}

function boxOf(folder: string): Box {
  return boxes.find((box) => box.folder === folder)!;
}

function drawBox({ folder, words, x, row }: Box): string {
  const [left, top] = [x - BOX.width / 2, row * ROW];
  const name = folder.replace('packages/', '').replace('apps/', '');
  return `<rect x="${left}" y="${top}" width="${BOX.width}" height="${BOX.height}" rx="8" style="fill: var(--page); stroke: var(--series-1)"/><text class="name" style="font-weight: 600" text-anchor="middle" x="${x}" y="${top + 21}">${name}</text><text class="tick" text-anchor="middle" x="${x}" y="${top + 38}">${words}</text>`;
}
