import { GpuError, prepareProgram, runProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import type { GpuBackend, GpuProgram } from '@nibble-ml/tfjs-bridge/webgpu';
import { makeTrial } from './webgpu-trial.ts';
import type { Trial } from './webgpu-trial.ts';
import type { ProductShape } from './webgpu-shape-class.ts';
import { availableVariants } from './webgpu-variant.ts';
import type { WebGpuProduct, WebGpuVariant } from './webgpu-variant.ts';

/** A shape that no tile, word, stage or subgroup divides. */
const RAGGED: ProductShape = { rows: 37, cols: 139, depth: 301 };

/** Large sums of it pass 2^23, so that odd ones need all 24 bits of a float32. */
const LONG: ProductShape = { rows: 9, cols: 10, depth: 2 ** 16 };

/** The shortest time that is measured: many products run in a row until they take as long. */
const MIN_MILLISECONDS = 4;
const MAX_REPEATS = 64;
const ROUNDS = 3;
/** A variant that takes so many times the fastest one's first time is not measured again. */
const HOPELESS = 2;

/** Why a variant must not be used on this device, or undefined where it computes the right bits. */
export type Refusals = ReadonlyMap<WebGpuVariant, string | undefined>;

/**
 * Compiles variants of a product, several at a time, and compares the bits of each with those of `unpacked`, which needs
 * no feature.
 *
 * @param variants - default: all that the device has
 */
export async function checkVariants(
  backend: GpuBackend,
  product: WebGpuProduct,
  variants: readonly WebGpuVariant[] = availableVariants(backend.device, product),
): Promise<Refusals> {
  const trials = [makeTrial(backend, product, RAGGED)];
  // Digits of gradients are flushed to integers long before their sums are as large.
  if (product === 'forward') trials.push(makeTrial(backend, product, LONG, true));
  const compiled = await Promise.all(
    variants.map((variant) =>
      gpuErrorOf(async () => {
        for (const trial of trials) await prepareProgram(backend, trial.program(variant));
      }),
    ),
  );
  const refusals = new Map(variants.map((variant, index) => [variant, compiled[index]]));
  for (const trial of trials) {
    const expected = await bitsOf(backend, trial, 'unpacked');
    for (const variant of variants) {
      if (refusals.get(variant) !== undefined) continue;
      const refusal = await gpuErrorOf(async () => {
        const bits = await bitsOf(backend, trial, variant);
        const wrong = bits.findIndex((word, i) => word !== expected[i]);
        if (wrong !== -1) throw new GpuError('internal', `wrong bits at ${wrong}`);
      });
      refusals.set(variant, refusal);
    }
    trial.dispose();
  }
  return refusals;
}

/** The message of a GpuError that `action` throws; anything else is thrown on. */
async function gpuErrorOf(action: () => Promise<void>): Promise<string | undefined> {
  try {
    await action();
    return undefined;
  } catch (error) {
    if (error instanceof GpuError) return error.message;
    throw error;
  }
}

async function bitsOf(
  backend: GpuBackend,
  { out, program }: Trial,
  variant: WebGpuVariant,
): Promise<Uint32Array> {
  const { device } = backend;
  device.pushErrorScope('validation');
  runProgram(backend, program(variant));
  submit(backend);
  const error = await device.popErrorScope();
  if (error !== null) throw new GpuError('validation', error.message);
  const values = await backend.read(out.dataId);
  return new Uint32Array(values.slice().buffer);
}

/** Milliseconds of one product per variant: medians of interleaved rounds, or one time of a variant that is hopeless. */
export async function timeVariants(
  backend: GpuBackend,
  product: WebGpuProduct,
  shape: ProductShape,
  variants: readonly WebGpuVariant[],
): Promise<ReadonlyMap<WebGpuVariant, number>> {
  const trial = makeTrial(backend, product, shape);
  const first: { variant: WebGpuVariant; count: number; milliseconds: number }[] = [];
  for (const variant of variants) {
    first.push({ variant, ...(await timeLongEnough(backend, trial.program(variant))) });
  }
  const best = Math.min(...first.map(({ milliseconds }) => milliseconds));
  const hopeful = first.filter(({ milliseconds }) => milliseconds <= HOPELESS * best);
  const times = new Map(first.map(({ variant, milliseconds }) => [variant, [milliseconds]]));
  for (let round = 1; round < ROUNDS; round++) {
    for (const { variant, count } of hopeful) {
      times.get(variant)!.push((await timeRepeats(backend, trial.program(variant), count)) / count);
    }
  }
  trial.dispose();
  return new Map([...times].map(([variant, of]) => [variant, of.toSorted((a, b) => a - b)[of.length >> 1]!]));
}

/** Doubles and doubles again how often a product runs, until that takes long enough to be measured. */
async function timeLongEnough(
  backend: GpuBackend,
  program: GpuProgram,
): Promise<{ count: number; milliseconds: number }> {
  await timeRepeats(backend, program, 1);
  for (let count = 1; ; count *= 4) {
    const milliseconds = await timeRepeats(backend, program, count);
    if (milliseconds >= MIN_MILLISECONDS || count >= MAX_REPEATS) {
      return { count, milliseconds: milliseconds / count };
    }
  }
}

async function timeRepeats(backend: GpuBackend, program: GpuProgram, count: number): Promise<number> {
  submit(backend);
  await backend.queue.onSubmittedWorkDone();
  const start = performance.now();
  for (let i = 0; i < count; i++) runProgram(backend, program);
  submit(backend);
  await backend.queue.onSubmittedWorkDone();
  return performance.now() - start;
}

function submit(backend: GpuBackend): void {
  if (backend.commandEncoder === null) return;
  backend.endComputePassEncoder();
  backend.submitQueue();
}
