import type { ChosenBackend } from './choose-backend.ts';
import { selfTest } from './self-test.ts';

/**
 * Compares FP4 products on a backend with the definition, bit for bit.
 *
 * @throws Error naming the first value that differs
 */
export async function requireSameBits(
  { name, checkErrors }: Pick<ChosenBackend, 'name' | 'checkErrors'>,
  note: (text: string) => void,
): Promise<void> {
  const { values, milliseconds } = await selfTest();
  checkErrors();
  note(
    `self-test passed on ${name}: ${values} FP4 values equal to the bit in ${Math.round(milliseconds)} ms`,
  );
}
