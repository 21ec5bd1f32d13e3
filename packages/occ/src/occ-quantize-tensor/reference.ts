import { E2M1, encodeE2m1, MIN_AMAX, packCodes, scaleFor } from '@nibble-ml/fp4-format';
import { orderKey } from '../order-key.ts';
import { roundRowsE4m3 } from '../round-rows-e4m3/reference.ts';
import type { OccQuantizeTensorAttrs } from './kernel-name.ts';

/** Outputs of the op on typed arrays. */
export interface OccTensorArrays {
  /** int32 `[rows, ceil(cols / 8)]`. */
  readonly words: Int32Array;
  /** float32 `[rows]`, or `[1]`. */
  readonly scales: Float32Array;
  /** int32 `[rows + 1]`. */
  readonly starts: Int32Array;
  /** int32 `[capacity]`. */
  readonly columns: Int32Array;
  /** float32 `[capacity]`. */
  readonly values: Float32Array;
}

/** Bits of the NaN that marks a scale. */
const NAN_BITS = 0x7fc00000;

/**
 * The definition of the op: clamp each element between the two thresholds, keep the difference as compressed rows, quantize the
 * clamped rows by `scale = RN(amax / 6)` and nearest even E2M1 codes. One scale in all follows from the thresholds: the
 * larger of their magnitudes is the clamped tensor's amax.
 *
 * A row that holds a NaN or infinity keeps no entries and has codes of magnitude 0, and its scale, or the only one, is NaN
 * (bits 0x7fc00000). So is the scale of a row whose entries do not all fit: products with it are NaN, so nothing is lost
 * in silence.
 */
export function occQuantizeTensorReference(
  x: Float32Array,
  thresholds: Float32Array,
  rows: number,
  cols: number,
  { granularity, capacity, isE4m3 }: OccQuantizeTensorAttrs,
): OccTensorArrays {
  const codes = new Uint8Array(rows * cols);
  const scales = new Float32Array(granularity === 'vector' ? rows : 1);
  const scaleBits = new Uint32Array(scales.buffer);
  const starts = new Int32Array(rows + 1);
  const columns = new Int32Array(capacity);
  const values = new Float32Array(capacity);
  const [lowerKey, upperKey] = keysOf(thresholds) as unknown as [number, number];
  const bound = Math.max(Math.abs(thresholds[0]!), Math.abs(thresholds[1]!));
  const sharedScale = Number.isFinite(bound) ? scaleFor(E2M1, bound, 'exact') : 0;
  if (granularity === 'tensor') {
    if (Number.isFinite(bound)) scales[0] = sharedScale;
    else scaleBits[0] = NAN_BITS;
  }
  for (let row = 0; row < rows; row++) {
    const from = row * cols;
    const xRow = x.subarray(from, from + cols);
    const scaleAt = granularity === 'vector' ? row : 0;
    const isFinite = xRow.every(Number.isFinite);
    const clamped = isFinite ? clampKeys(xRow, lowerKey, upperKey) : xRow;
    const amax = isFinite ? clamped.reduce((a, b) => Math.max(a, Math.abs(b)), 0) : 0;
    const scale = granularity === 'vector' ? scaleFor(E2M1, amax, 'exact') : sharedScale;
    if (granularity === 'vector') scales[row] = scale;
    // -NaN has no sign to keep that arithmetic sees.
    const bits = new Int32Array(x.buffer, x.byteOffset + 4 * from, cols);
    for (let col = 0; col < cols; col++) {
      codes[from + col] = isFinite ? encodeE2m1(clamped[col]!, scale) : bits[col]! < 0 ? 8 : 0;
    }
    const entries = isFinite ? entriesOf(xRow, clamped, isE4m3) : [];
    const start = starts[row]!;
    const fit = Math.min(entries.length, capacity - start);
    for (let i = 0; i < fit; i++) [columns[start + i], values[start + i]] = entries[i]!;
    starts[row + 1] = start + fit;
    if (!isFinite || fit < entries.length) scaleBits[scaleAt] = NAN_BITS;
  }
  return { words: packCodes(codes, rows, cols), scales, starts, columns, values };
}

/** Columns and residuals, columns ascending. */
function entriesOf(xRow: Float32Array, clamped: Float32Array, isE4m3: boolean): [number, number][] {
  const columns: number[] = [];
  const residuals: number[] = [];
  for (const [col, value] of xRow.entries()) {
    const residual = Math.fround(flush(value) - flush(clamped[col]!));
    if (residual === 0) continue;
    columns.push(col);
    residuals.push(residual);
  }
  const exact = Float32Array.from(residuals);
  const kept = isE4m3 && exact.length > 0 ? roundRowsE4m3(exact, 1, exact.length) : exact;
  return columns.map((col, i) => [col, kept[i]!]);
}

function keysOf(x: Float32Array): Int32Array {
  return new Int32Array(x.buffer, x.byteOffset, x.length).map(orderKey);
}

function clampKeys(x: Float32Array, lower: number, upper: number): Float32Array {
  const keys = keysOf(x).map((key) => orderKey(Math.max(lower, Math.min(upper, key))));
  return new Float32Array(keys.buffer);
}

function flush(value: number): number {
  return Math.abs(value) < MIN_AMAX ? 0 : value;
}
