const UNITS: Readonly<Record<string, number>> = {
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};

/**
 * The bytes of a size as Hugging Face writes it: `500MB`, `5GB` in powers of 1,000, `2GiB` in powers of 1,024.
 *
 * @param flag - What an error calls it
 * @throws RangeError when it is no such size
 */
export function shardSize(flag: string, size: string): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?) ?([KMG]i?B)$/.exec(size.trim()) ?? [];
  const bytes = Math.floor(Number(count) * UNITS[unit ?? '']!);
  if (bytes > 0) return bytes;
  throw new RangeError(`${flag} must be a size such as 500MB, 5GB or 2GiB, but got ${JSON.stringify(size)}`);
}
