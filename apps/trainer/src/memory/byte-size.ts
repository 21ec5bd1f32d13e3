const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Returns the bytes that a text such as `8GB`, `7.5 GiB` or `500000000` names.
 *
 * @throws RangeError when it names none
 */
export function parseBytes(what: string, text: string): number {
  const [, digits = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? [];
  const bytes = Math.floor(Number(digits) * (UNITS[unit.toLowerCase()] ?? NaN));
  if (digits === '' || !(bytes >= 1)) {
    throw new RangeError(
      `${what} must be a size such as 8GB, 512MiB or 8000000000, but got ${JSON.stringify(text)}`,
    );
  }
  return bytes;
}

/** Bytes in the unit that gives one to four digits before the point: `7.5 GB`, `812 MB`. */
export function formatBytes(bytes: number): string {
  const [unit, size] = bytes >= 1e9 ? ['GB', 1e9] : bytes >= 1e6 ? ['MB', 1e6] : ['kB', 1e3];
  const value = bytes / size;
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
