import { table } from './html.ts';

/** In which precision, and on which kernel, one matrix product ran. */
export interface GemmRow {
  /** Role of the linear layer, such as `q` or `down`. */
  role: string;
  /** Block of the model; left out when all blocks are alike. */
  block?: number;
  /** Forward, input gradient or weight gradient. */
  gemm: 'fprop' | 'dgrad' | 'wgrad';
  /** Operand formats and accumulator. */
  precision: string;
  /** Kernel variant. */
  kernel: string;
  /** Backend that ran it. */
  backend: string;
}

/**
 * Returns the HTML table of which product ran in which precision on which kernel; layers that agree share a row.
 *
 * @param gemms - What really ran.
 */
export function gemmTable(gemms: readonly GemmRow[]): string {
  const groups = new Map<string, GemmRow[]>();
  for (const row of gemms) {
    const key = JSON.stringify([row.gemm, row.precision, row.kernel, row.backend]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return table(
    ['product', 'layers', 'precision', 'kernel', 'backend'],
    Array.from(groups.values(), (rows) => {
      const { gemm, precision, kernel, backend } = rows[0]!;
      return [gemm, layersOf(rows), precision, kernel, backend];
    }),
  );
}

/** The roles, each with its blocks where they are told apart: `q 0, 2–3; head`. */
function layersOf(rows: readonly GemmRow[]): string {
  const blocksOf = new Map<string, number[]>();
  for (const { role, block } of rows) {
    blocksOf.set(role, [...(blocksOf.get(role) ?? []), ...(block === undefined ? [] : [block])]);
  }
  const numbered = [...blocksOf.values()].some((blocks) => blocks.length > 0);
  return Array.from(blocksOf, ([role, blocks]) => `${role} ${ranges(blocks)}`.trim()).join(
    numbered ? '; ' : ', ',
  );
}

function ranges(blocks: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const block of [...new Set(blocks)].toSorted((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last?.[1] === block - 1) last[1] = block;
    else runs.push([block, block]);
  }
  return runs.map(([from, to]) => (from === to ? String(from) : `${from}–${to}`)).join(', ');
}
