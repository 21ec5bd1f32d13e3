import type { TrainConfig } from '../config/train-config.ts';
import { chooseBackend } from './choose-backend.ts';
import type { ChosenBackend } from './choose-backend.ts';
import { selfTest } from './self-test.ts';

/**
 * Opens the backend that a config asks for, and compares FP4 products on it with the definition, bit for bit.
 *
 * @param note - Told, in words for people, what takes a moment and how the test went
 */
export async function openBackend(
  request: TrainConfig['backend'],
  note: (text: string) => void,
): Promise<ChosenBackend> {
  const backend = await chooseBackend(request, { note });
  await requireSameBits(backend, note);
  return backend;
}

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
