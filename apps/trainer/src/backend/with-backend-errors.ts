import type { ChosenBackend } from './choose-backend.ts';

/**
 * Runs `body`, and reports a failure of the GPU in the GPU's own words: a lost device first shows as a read that was
 * aborted, without a reason.
 *
 * @throws GpuError, or what `body` throws
 */
export async function withBackendErrors<Result>(
  backend: Pick<ChosenBackend, 'checkErrors' | 'awaitErrors'>,
  body: () => Promise<Result>,
): Promise<Result> {
  try {
    return await body();
  } catch (error) {
    // The device's own report comes after the error that it causes.
    await (backend.awaitErrors?.() ?? new Promise((resolve) => setTimeout(resolve, 0)));
    backend.checkErrors();
    throw error;
  }
}
