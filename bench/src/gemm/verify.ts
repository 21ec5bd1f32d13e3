import type { GemmTask } from '../contest/task.ts';
import type { Impl } from '../report.ts';
import { exactGradientRows } from './gradient-reference.ts';
import { exactFp4Rows, expectedRows } from './reference.ts';
import type { Expected } from './reference.ts';
import type { Operands } from './operands.ts';

/** Holds results to the reference. */
export interface Verifier {
  /**
   * Checks the sampled rows of a result.
   *
   * @throws Error when an FP4 product has other bits than the reference, or another is beyond its error bound
   */
  check(impl: Impl, variant: string, values: Float32Array): void;
  /** `impl variant` of those whose results had the bits of the reference. */
  readonly exact: ReadonlySet<string>;
}

/** Makes the verifier of a task. Variants of Nibble whose name starts with `fp4` are FP4, everything else is f32. */
export async function verifier(task: GemmTask, operands: Operands): Promise<Verifier> {
  const fp4 = await exactRows(task, operands);
  const expected = expectedRows(task, operands);
  const exact = new Set<string>();
  return {
    exact,
    check(impl, variant, values) {
      const who = `bench: ${task.op} [${task.shape.join(', ')}] of ${impl} (${variant})`;
      const isFp4 = impl === 'nibble' && variant.startsWith('fp4');
      if (isFp4) {
        checkBits(who, values, variant === 'fp4 int8' ? fp4.int8! : fp4.f32);
        exact.add(`${impl} ${variant}`);
      } else {
        checkBounds(who, values, expected);
      }
    },
  };
}

/** The right bits of the FP4 product, for gradients in f32 and, in the backward pass, in INT8. */
async function exactRows(
  task: GemmTask,
  operands: Operands,
): Promise<{ f32: Float32Array; int8: Float32Array | undefined }> {
  if (task.op === 'fwd' || task.op === 'fwdWithQuantize') {
    return { f32: exactFp4Rows(task, operands), int8: undefined };
  }
  return {
    f32: await exactGradientRows(task, operands, 'f32'),
    int8: await exactGradientRows(task, operands, 'int8'),
  };
}

function checkBits(who: string, values: Float32Array, bits: Float32Array): void {
  checkLength(who, values.length, bits.length);
  const wrong = values.findIndex((value, i) => !Object.is(value, bits[i]));
  if (wrong >= 0)
    throw new Error(`${who}: sampled element ${wrong} must be ${bits[wrong]}, but got ${values[wrong]}`);
}

function checkBounds(who: string, values: Float32Array, expected: Expected): void {
  checkLength(who, values.length, expected.values.length);
  const wrong = values.findIndex(
    (value, i) => !(Math.abs(value - expected.values[i]!) <= expected.bounds[i]!),
  );
  if (wrong >= 0) {
    throw new Error(
      `${who}: sampled element ${wrong} must be within ${expected.bounds[wrong]} of ${expected.values[wrong]}, but got ${values[wrong]}`,
    );
  }
}

function checkLength(who: string, length: number, expected: number): void {
  if (length !== expected)
    throw new Error(`${who}: there must be ${expected} sampled elements, but got ${length}`);
}
