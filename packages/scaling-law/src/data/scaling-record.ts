import { isHighPrecision } from '../laws/precision-bits.ts';
import { assertPoint } from '../laws/point.ts';
import type { ScalingPoint } from '../laws/point.ts';

/** A finished run: where it stands and the loss it reached. */
export interface ScalingRecord extends ScalingPoint {
  /** `f32`, `bf16` or `f16` for high precision, else a name such as `w4a4`. */
  readonly precision: string;
  /** Final loss, nats per token. */
  readonly loss: number;
  /** Seed of the run, where known. A quantized run is compared with the twin of its own seed first. */
  readonly seed?: number | undefined;
  /** How much the run counts in a fit. Default 1. */
  readonly weight?: number | undefined;
  /** Further columns of the file, by name; the fit ignores them. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

/**
 * Throws unless the record can be fitted: positive `N`, `D`, `loss` and weight; the name of a precision; a group size of at
 * least 2 exactly where the precision is quantized.
 *
 * @throws RangeError that says which record of the list it is, counted from 0.
 */
export function assertRecord(caller: string, record: ScalingRecord, index: number): void {
  const where = `${caller}: records[${index}]`;
  assertPoint(where, record);
  if (!(record.loss > 0 && Number.isFinite(record.loss))) {
    throw new RangeError(`${where}: loss must be a positive number of nats, but got ${record.loss}`);
  }
  if (record.weight !== undefined && !(record.weight > 0 && Number.isFinite(record.weight))) {
    throw new RangeError(
      `${where}: weight must be a positive number, but got ${record.weight}; leave the run out instead`,
    );
  }
  // Callers in plain JavaScript have no compiler that misses it.
  if (typeof record.precision !== 'string' || record.precision === '') {
    throw new RangeError(
      `${where}: precision must be a name such as f32 or w4a4, but got ${JSON.stringify(record.precision)}`,
    );
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
