import { assertPoint } from './point.ts';
import type { ScalingPoint } from './point.ts';

/** A finished run: where it stands and the loss it reached. */
export interface ScalingRecord extends ScalingPoint {
  /** `f32`, `bf16` or `f16` for high precision, else a name such as `w4a4`. */
  readonly precision: string;
  /** Final loss, nats per token. */
  readonly loss: number;
  /** Seed of the run, where known. A quantized run is compared with the twin of its own seed first. */
  readonly seed?: number | undefined;
  /** Further columns of the file, by name; the fit ignores them. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

/** Precisions that count as unquantized, lower case. */
export const highPrecisions: readonly string[] = ['f32', 'fp32', 'bf16', 'f16', 'fp16'];

/** Whether a precision is one of {@link highPrecisions}. */
export function isHighPrecision(precision: string): boolean {
  return highPrecisions.includes(precision.toLowerCase());
}

/**
 * Throws unless the record can be fitted: positive `N`, `D` and `loss`; a group size of at least 2 exactly where
 * the precision is quantized.
 *
 * @throws RangeError that says which record of the list it is, counted from 0.
 */
export function assertRecord(caller: string, record: ScalingRecord, index: number): void {
  const where = `${caller}: records[${index}]`;
  assertPoint(where, record);
  if (!(record.loss > 0 && Number.isFinite(record.loss))) {
    throw new RangeError(`${where}: loss must be a positive number of nats, but got ${record.loss}`);
  }
  if (isHighPrecision(record.precision)) {
    if (record.G !== undefined) {
      throw new RangeError(`${where}: ${record.precision} must have no G, but got ${record.G}`);
    }
  } else if (record.G === undefined || record.G < 2) {
    throw new RangeError(
      `${where}: ${record.precision} must have a group size G of at least 2, but got ${record.G}; ` +
        'per-channel scales have the hidden size',
    );
  }
}
