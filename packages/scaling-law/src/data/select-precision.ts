import { isHighPrecision } from '../laws/precision-bits.ts';
import type { ScalingRecord } from './scaling-record.ts';

/** Records in high precision, apart from those of the quantized precisions that a fit is about. */
export interface SplitRecords {
  readonly high: readonly ScalingRecord[];
  readonly quantized: readonly ScalingRecord[];
  /** The quantized precisions, sorted. */
  readonly precisions: readonly string[];
}

/**
 * Separates high-precision records from the quantized ones.
 *
 * @param wanted - The one quantized precision to keep; all of them where it is left out and `several` is true.
 * @param several - Whether the law can describe more than one.
 * @throws RangeError if the precision asked for is not there, or none was asked for and there are several.
 */
export function splitByPrecision(
  caller: string,
  records: readonly ScalingRecord[],
  wanted: string | undefined,
  several: boolean,
): SplitRecords {
  const high = records.filter((record) => isHighPrecision(record.precision));
  const others = records.filter((record) => !isHighPrecision(record.precision));
  const found = [...new Set(others.map((record) => record.precision))].toSorted();
  if (wanted !== undefined && !found.includes(wanted)) {
    throw new RangeError(
      `${caller}: precision must be one of the quantized precisions in the data (${found.join(', ')}), but got ${wanted}`,
    );
  }
  if (wanted === undefined && found.length > 1 && !several) {
    throw new RangeError(
      `${caller}: the law describes one quantized precision, but the data have ${found.join(', ')}; ` +
        'choose one with the option precision, or fit all with a law such as qat-delta-joint',
    );
  }
  if (wanted === undefined) return { high, quantized: others, precisions: found };
  return { high, quantized: others.filter(({ precision }) => precision === wanted), precisions: [wanted] };
}
