import type { Impl } from '../report.ts';

/** How far apart the f32 losses of the first steps may be, in nats. */
const f32Tolerance = 1e-3;
/** How far FP4 losses may be from those in f32, in nats: their gradients differ. */
const fp4Tolerance = 0.1;

/**
 * Makes a check of the losses of the first steps: those in f32 must agree with each other, those of other recipes must
 * be near them. The first to be checked must be in f32.
 *
 * @returns a function that throws an Error when losses are wrong
 */
export function lossVerifier(): (impl: Impl, variant: string, losses: Float32Array) => void {
  let reference: { who: string; losses: Float32Array } | undefined;
  return (impl, variant, losses) => {
    const who = `${impl} (${variant})`;
    reference ??= { who, losses };
    const tolerance = variant === 'f32' ? f32Tolerance : fp4Tolerance;
    const near = losses.every((loss, step) => Math.abs(loss - reference!.losses[step]!) <= tolerance);
    if (!near || losses.length !== reference.losses.length) {
      throw new Error(
        `bench: the losses of ${who}, ${format(losses)}, must be within ${tolerance} of those of ${reference.who}, ${format(reference.losses)}`,
      );
    }
  };
}

function format(losses: Float32Array): string {
  return [...losses].map((loss) => loss.toFixed(5)).join(' ');
}
