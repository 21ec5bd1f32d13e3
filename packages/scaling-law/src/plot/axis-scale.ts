import { compactCount, shortNumber } from './compact-number.ts';

/** An axis of a chart. */
export interface Axis {
  readonly label: string;
  readonly scale: 'linear' | 'log';
  /** Whether the values are counts such as tokens, which are written as `10B`. */
  readonly isCount?: boolean;
  /** Values that must be on the axis, such as 0. */
  readonly include?: readonly number[];
}

/** Where values are drawn. */
export interface AxisScale {
  /** Drawing coordinate of a value. */
  map(value: number): number;
  readonly ticks: readonly number[];
  format(tick: number): string;
}

/**
 * A scale for values, with a margin of 4 % on either side and about `count` round ticks.
 *
 * @throws RangeError if a value is not finite, or not positive on a logarithmic axis.
 */
export function axisScale(
  { label, scale, isCount = false, include = [] }: Axis,
  values: readonly number[],
  [from, to]: readonly [number, number],
  count: number,
): AxisScale {
  const isLog = scale === 'log';
  const all = [...values, ...include];
  const bad = all.find((value) => !Number.isFinite(value) || (isLog && value <= 0));
  if (bad !== undefined || all.length === 0) {
    throw new RangeError(
      `axisScale: ${label} must have ${isLog ? 'positive' : 'finite'} values, but got ${bad}`,
    );
  }
  const forward = (value: number): number => (isLog ? Math.log10(value) : value);
  const mapped = all.map(forward);
  let low = mapped.reduce((least, value) => Math.min(least, value), Infinity);
  let high = mapped.reduce((most, value) => Math.max(most, value), -Infinity);
  if (low === high)
    [low, high] = [
      low - (isLog ? 0.1 : Math.abs(low) * 0.1 || 1),
      high + (isLog ? 0.1 : Math.abs(high) * 0.1 || 1),
    ];
  const margin = 0.04 * (high - low);
  low -= margin;
  high += margin;
  const ticks = (isLog ? logTicks(low, high, count) : linearTicks(low, high, count)).filter(
    (tick) => forward(tick) >= low - 1e-12 && forward(tick) <= high + 1e-12,
  );
  return {
    map: (value) => from + ((forward(value) - low) / (high - low)) * (to - from),
    ticks,
    format: isCount ? compactCount : shortNumber,
  };
}

function linearTicks(low: number, high: number, count: number): number[] {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.ceil(low / step);
  const last = Math.floor(high / step);
  // Twelve digits hide the rounding of multiples such as 3 · 0.1.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten with as many multiples between as there is room for. */
function logTicks(low: number, high: number, count: number): number[] {
  const decades = high - low;
  if (decades < 0.8) return linearTicks(10 ** low, 10 ** high, count);
  const factors = decades > count / 1.5 ? [1] : decades > count / 4 ? [1, 3] : [1, 2, 5];
  const every = Math.max(1, Math.ceil(decades / count));
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= Math.ceil(high); power++) {
    if (power % every !== 0) continue;
    for (const factor of factors) ticks.push(Number(`${factor}e${power}`));
  }
  return ticks;
}
