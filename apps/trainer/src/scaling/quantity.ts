const COUNTS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, b: 1e9, g: 1e9, t: 1e12 };
const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/**
 * A positive count that a flag gives: `1e9`, `300M`, `1.5B`, `2T`.
 *
 * @throws RangeError naming the flag
 */
export function countIn(flag: string, text: string): number {
  return quantityIn(
    flag,
    text,
    /^([\d.]+(?:e[+-]?\d+)?)\s*([kmbgt]?)$/i,
    COUNTS,
    'a count such as 1e9, 300M or 1.5B',
  );
}

/**
 * Bytes that a flag gives: `5e8`, `500MB`, `2GiB`.
 *
 * @throws RangeError naming the flag
 */
export function bytesIn(flag: string, text: string): number {
  return quantityIn(
    flag,
    text,
    /^([\d.]+(?:e[+-]?\d+)?)\s*([kmgt]?i?)b?$/i,
    BYTES,
    'bytes such as 500MB or 2GiB',
  );
}

function quantityIn(
  flag: string,
  text: string,
  pattern: RegExp,
  units: Readonly<Record<string, number>>,
  wanted: string,
): number {
  const [, digits, unit] = pattern.exec(text.trim()) ?? [];
  const value = Number(digits) * (units[(unit ?? '').toLowerCase()] ?? Number.NaN);
  if (!(value > 0 && Number.isFinite(value))) {
    throw new RangeError(`${flag} must be ${wanted}, but got ${JSON.stringify(text)}`);
  }
  return value;
}
