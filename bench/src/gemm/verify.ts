import type { GemmTask } from '../contest/task.ts';
import type { Impl } from '../report.ts';
import { exactFp4Rows, expectedRows } from './reference.ts';
import type { Operands } from './operands.ts';

/** Holds results to the reference. */
export interface Verifier {
  /**
   * Checks the sampled rows of a result.
   *
   * @throws Error when an FP4 forward product has other bits than the reference, or another is beyond its error bound
   */
  check(impl: Impl, variant: string, values: Float32Array): void;
  /** `impl variant` of those whose results had the bits of the reference. */
  readonly exact: ReadonlySet<string>;
}

/** Makes the verifier of a task. Variants of Nibble whose name starts with `fp4` are FP4, everything else is f32. */
export function verifier(task: GemmTask, operands: Operands): Verifier {
  const isForward = task.op === 'fwd' || task.op === 'fwdWithQuantize';
  const bits = isForward ? exactFp4Rows(task, operands) : undefined;
  const expectedFp4 = isForward ? undefined : expectedRows(task, operands, true);
  const expectedF32 = expectedRows(task, operands, false);
  const exact = new Set<string>();
  return {
    exact,
    check(impl, variant, values) {
      const isFp4 = impl === 'nibble' && variant.startsWith('fp4');
      const who = `bench: ${task.op} [${task.shape.join(', ')}] of ${impl} (${variant})`;
      if (isFp4 && bits !== undefined) {
        const wrong = values.findIndex((value, i) => !Object.is(value, bits[i]));
        if (wrong >= 0 || values.length !== bits.length) {
          throw new Error(
            `${who}: sampled element ${wrong} must be ${bits[wrong]}, but got ${values[wrong]}`,
          );
        }
        exact.add(`${impl} ${variant}`);
        return;
      }
      const expected = isFp4 ? expectedFp4! : expectedF32;
      if (values.length !== expected.values.length) {
        throw new Error(
          `${who}: there must be ${expected.values.length} sampled elements, but got ${values.length}`,
        );
      }
      const wrong = values.findIndex(
        (value, i) => !(Math.abs(value - expected.values[i]!) <= expected.bounds[i]!),
      );
      if (wrong >= 0) {
        throw new Error(
          `${who}: sampled element ${wrong} must be within ${expected.bounds[wrong]} of ${expected.values[wrong]}, but got ${values[wrong]}`,
        );
      }
    },
  };
}
