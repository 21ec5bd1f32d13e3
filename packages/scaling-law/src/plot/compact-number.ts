const UNITS = ['', 'K', 'M', 'B', 'T', 'Q'] as const;

/**
 * A count as people write it: `74M`, `1.5B`, `100B`; at most three digits, but four below 10,000. Beyond `Q` in powers
 * of ten.
 */
export function compactCount(value: number): string {
  if (value < 1) return shortNumber(value);
  // Group sizes are known by all their digits.
  if (value < 10_000) return String(Number(value.toPrecision(4)));
  const power = Math.floor(Math.log10(value * (1 + 1e-9)) / 3);
  const unit = UNITS[power];
  return unit === undefined
    ? value.toExponential(1).replace('e+', 'e').replace('.0e', 'e')
    : `${Number((value / 1000 ** power).toPrecision(3))}${unit}`;
}

/** A number with at most four digits that say something. */
export function shortNumber(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e5)
    return value
      .toExponential(2)
      .replace('e+', 'e')
      .replace(/\.?0+e/, 'e');
  return String(Number(value.toPrecision(4)));
}
