import type { TrainConfig } from '../config/train-config.ts';
import { chooseBackend } from './choose-backend.ts';
import type { ChosenBackend } from './choose-backend.ts';
import { requireSameBits } from './require-same-bits.ts';

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
