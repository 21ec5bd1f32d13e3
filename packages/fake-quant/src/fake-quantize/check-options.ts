import { scaleLayout } from '@nibble-ml/fp4-format';
import type { Tensor } from '@tensorflow/tfjs-core';
import { blockLayout } from './block-layout.ts';
import { ELEMENT_FORMATS, isScaled } from './element-formats.ts';
import type { FakeQuantizeAttrs, FakeQuantizeOptions, FakeQuantScale } from './options.ts';

const SCALES: readonly FakeQuantScale[] = ['exact', 'powerOfTwo', 'e8m0Floor', 'e8m0Ceil', 'e4m3', 'quest'];

/**
 * Checks the options for a matrix `[rows, cols]` and returns them complete, without the tensor.
 *
 * @throws TypeError when an option is unknown, does not go with the format, or stochastic rounding comes without a seed;
 *   RangeError when a number is out of range or there are neither one nor a block's worth of clip factors
 */
export function checkOptions(
  caller: string,
  options: FakeQuantizeOptions,
  rows: number,
  cols: number,
): FakeQuantizeAttrs {
  const { format, granularity = 'vector', axis = 1, scale = 'exact', headroom = 1, clip } = options;
  const { rounding = 'nearestEven', seed } = options;
  checkOneOf(caller, 'format', format, Object.keys(ELEMENT_FORMATS));
  checkOneOf(caller, 'axis', axis, [0, 1]);
  checkOneOf(caller, 'scale', scale, SCALES);
  checkOneOf(caller, 'rounding', rounding, ['nearestEven', 'stochastic']);
  if (!isScaled(format)) checkUnscaled(caller, options);
  if (scale === 'quest' && format !== 'e2m1') {
    throw new TypeError(`${caller}: scale 'quest' must come with format 'e2m1', but got '${format}'`);
  }
  if (scale === 'quest' && clip !== undefined) {
    throw new TypeError(
      `${caller}: scale 'quest' must come without clip, which multiplies a maximum, but got one`,
    );
  }
  if (!(headroom >= 1 && Math.fround(headroom) < 2)) {
    throw new RangeError(`${caller}: headroom must be at least 1 and below 2, but got ${headroom}`);
  }
  if (rounding === 'stochastic' && seed === undefined) {
    throw new TypeError(`${caller}: rounding 'stochastic' must come with a seed, but got none`);
  }
  if (seed !== undefined) checkSeed(caller, seed);
  scaleLayout(rows, cols, granularity);
  const attrs = {
    format,
    granularity,
    axis,
    scale,
    headroom: Math.fround(headroom),
    rounding,
    seed: seed ?? 0,
  };
  if (clip !== undefined) checkClip(caller, clip, blockLayout(attrs, rows, cols).clipCount);
  return attrs;
}

/** Checks that `tensor` is a float32 matrix; throws a TypeError or RangeError that names it. */
export function checkFloatMatrix(caller: string, name: string, tensor: Tensor): void {
  if (tensor.dtype !== 'float32') {
    throw new TypeError(`${caller}: ${name} must be float32, but got ${tensor.dtype}; cast it first`);
  }
  if (tensor.rank !== 2) {
    throw new RangeError(
      `${caller}: ${name} must have 2 dimensions, but got shape [${tensor.shape.join(', ')}]; reshape it first`,
    );
  }
}

/** Checks that a seed is an integer of 32 bits; throws a RangeError. */
export function checkSeed(caller: string, seed: number): void {
  if (!Number.isInteger(seed) || seed < 0 || seed > 0xffffffff) {
    throw new RangeError(`${caller}: seed must be an integer from 0 to 2^32 - 1, but got ${seed}`);
  }
}

/** Checks an option that may come from untyped code; throws a TypeError that lists what there is. */
export function checkOneOf(caller: string, name: string, value: unknown, known: readonly unknown[]): void {
  if (!known.includes(value)) {
    throw new TypeError(`${caller}: ${name} must be one of ${known.join(', ')}, but got ${String(value)}`);
  }
}

function checkUnscaled(caller: string, options: FakeQuantizeOptions): void {
  for (const name of ['granularity', 'scale', 'headroom', 'clip'] as const) {
    if (options[name] !== undefined) {
      throw new TypeError(
        `${caller}: format '${options.format}' has no scale, so ${name} must be left out, but got one`,
      );
    }
  }
}

function checkClip(caller: string, clip: Tensor, count: number): void {
  if (clip.dtype !== 'float32' || clip.rank !== 1) {
    throw new TypeError(
      `${caller}: clip must be a float32 vector, but got ${clip.dtype} with ${clip.rank} dimensions`,
    );
  }
  if (clip.size !== 1 && clip.size !== count) {
    throw new RangeError(
      `${caller}: clip must have 1 factor or ${count}, one for each block along the axis, but got ${clip.size}`,
    );
  }
}
