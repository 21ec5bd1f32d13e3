import { describe, expect, it } from 'vitest';
import { fitLaw } from '../fit/fit-law.ts';
import { chinchilla } from '../laws/chinchilla.ts';
import { assertRecord } from './scaling-record.ts';
import type { ScalingRecord } from './scaling-record.ts';

const high: ScalingRecord = { N: 1e8, D: 2e9, precision: 'f32', loss: 3 };

describe('a record', () => {
  it('is taken in high precision, and quantized with its group size', () => {
    expect(() => assertRecord('fitLaw', high, 0)).not.toThrow();
    expect(() => assertRecord('fitLaw', { ...high, precision: 'w4a4', G: 32 }, 0)).not.toThrow();
  });

  it.each([undefined, null, 16, ''])('that has %o for a precision is named', (precision) => {
    // What a caller in plain JavaScript may pass.
    const record = { ...high, precision } as unknown as ScalingRecord;
    const message = `fitLaw: records[1]: precision must be a name such as f32 or w4a4, but got ${JSON.stringify(precision)}`;
    expect(() => fitLaw(chinchilla, [high, record])).toThrow(new RangeError(message));
  });
});
