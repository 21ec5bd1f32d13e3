import { MAX_ARRAY_DEPTH, MAX_KEY_BYTES, MAX_KEYS } from './limits.ts';
import type { GgufArray, GgufMetadata, GgufValue } from './metadata.ts';

const INTEGER_RANGES = {
  uint8: [0, 2 ** 8 - 1],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  uint32: [0, 2 ** 32 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
} as const;

/**
 * Checks that metadata can be written as it is: keys of their permitted length, numbers in the range of their type.
 *
 * @throws RangeError naming the key
 */
export function checkMetadata(caller: string, metadata: GgufMetadata): void {
  if (metadata.size > MAX_KEYS) {
    throw new RangeError(`${caller}: metadata must have at most ${MAX_KEYS} keys, but has ${metadata.size}`);
  }
  for (const [key, entry] of metadata) {
    const bytes = new TextEncoder().encode(key).length;
    if (bytes === 0 || bytes > MAX_KEY_BYTES) {
      throw new RangeError(`${caller}: a key must have 1 to ${MAX_KEY_BYTES} bytes, but one has ${bytes}`);
    }
    checkValue(caller, key, entry);
  }
}

function checkValue(caller: string, key: string, entry: GgufValue): void {
  const { type, value } = entry;
  if (type === 'array') checkDepth(caller, key, value, 1);
  else if (Object.hasOwn(INTEGER_RANGES, type)) {
    const [least, greatest] = INTEGER_RANGES[type as keyof typeof INTEGER_RANGES];
    if (!Number.isInteger(value) || Number(value) < least || Number(value) > greatest) {
      throw new RangeError(
        `${caller}: ${key} must be an integer from ${least} to ${greatest}, being ${type}, but got ${String(value)}`,
      );
    }
  } else if (type === 'uint64' || type === 'int64') {
    const fitted = type === 'uint64' ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
    if (fitted !== value) throw new RangeError(`${caller}: ${key} must fit in ${type}, but got ${value}`);
  }
}

function checkDepth(caller: string, key: string, { of, items }: GgufArray, depth: number): void {
  if (of !== 'array') return;
  if (depth === MAX_ARRAY_DEPTH) {
    throw new RangeError(`${caller}: ${key} must have arrays at most ${MAX_ARRAY_DEPTH} deep`);
  }
  for (const item of items) checkDepth(caller, key, item, depth + 1);
}
