import type { ActivationFidelity, Share } from './clamp-and-quantize.ts';

/** A row of table 1 of arXiv 2501.17116, and what it prints there; ours has more rows. */
export interface Table1Row {
  readonly alpha: number | null;
  readonly compensation: boolean;
  readonly label: string;
  readonly paper: { readonly cosine: number; readonly mse: number; readonly snr: number } | null;
}

/** The rows in the paper's order, and between them those that it leaves out. */
export const table1Rows: readonly Table1Row[] = [
  { alpha: null, compensation: false, label: 'direct', paper: { cosine: 0.9219, mse: 0.1055, snr: 8.31 } },
  clamped(0.999, { cosine: 0.9883, mse: 0.0366, snr: 14.25 }),
  clamped(0.99, null),
  clamped(0.97, null),
  compensated(0.999, { cosine: 0.9961, mse: 0.0245, snr: 15.31 }),
  compensated(0.99, { cosine: 1, mse: 0.0099, snr: 18.38 }),
  compensated(0.97, { cosine: 1, mse: 0.0068, snr: 20.88 }),
];

function clamped(alpha: number, paper: Table1Row['paper']): Table1Row {
  return { alpha, compensation: false, label: `clamped at ${alpha}`, paper };
}

function compensated(alpha: number, paper: Table1Row['paper']): Table1Row {
  return { alpha, compensation: true, label: `${alpha}, compensated`, paper };
}

/** A row as measured: the mean over all layers for each seed. */
export interface MeasuredRow {
  readonly row: Table1Row;
  readonly share: Share;
  readonly bySeed: readonly ActivationFidelity[];
}
