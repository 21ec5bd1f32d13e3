/** Maps data to drawing units along one axis. */
export interface Scale {
  /** Returns the place of a value. */
  map(value: number): number;
  /** The values to mark, rising. */
  ticks: readonly number[];
  /** Returns the text of a tick. */
  format(tick: number): string;
}

/** What {@link createScale} maps. */
export interface ScaleOptions {
  /** Even steps, or even factors; `log` takes positive values only. */
  type: 'linear' | 'log';
  /** Smallest and largest value; may be equal. */
  domain: readonly [number, number];
  /** Where they go; the ends may fall. */
  range: readonly [number, number];
  /** Ticks wanted, about. */
  tickCount?: number;
  /** Widens the domain to whole ticks; default true. */
  nice?: boolean;
}

/**
 * Returns a linear or logarithmic axis with round ticks: 1, 2 or 5 times a power of ten.
 *
 * @throws RangeError when the domain is not finite, or not positive on a logarithmic axis.
 */
export function createScale(options: ScaleOptions): Scale {
  const { type, range, tickCount = 5, nice = true } = options;
  const [low, high] = options.domain;
  if (!Number.isFinite(low) || !Number.isFinite(high) || low > high || (type === 'log' && low <= 0)) {
    throw new RangeError(
      `createScale: the domain of a ${type} axis must be finite, rising${type === 'log' ? ' and positive' : ''}, but got [${low}, ${high}]`,
    );
  }
  const all = type === 'log' ? logTicks(low, high) : linearTicks(low, high, tickCount);
  const inside = all.filter((tick) => tick >= low && tick <= high);
  const [from, to] = nice ? [all[0]!, all.at(-1)!] : [low, high];
  const ticks = nice ? all : inside;
  const position = type === 'log' ? Math.log : (value: number): number => value;
  const span = position(to) - position(from);
  return {
    map: (value) =>
      range[0] + (span === 0 ? 0.5 : (position(value) - position(from)) / span) * (range[1] - range[0]),
    ticks,
    format: (tick) => formatTick(tick, ticks),
  };
}

/** Multiples of a round step, from at most `low` to at least `high`. */
function linearTicks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // Twelve digits hide the rounding of multiples such as 3 · 0.1.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Powers of ten around the domain, with 2 and 5 between when there are few. */
function logTicks(low: number, high: number): number[] {
  const factors = high / low > 1000 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    for (const factor of factors) ticks.push(Number((factor * 10 ** power).toPrecision(12)));
  }
  const first = ticks.findLastIndex((tick) => tick <= low * (1 + 1e-9));
  const last = ticks.findIndex((tick) => tick >= high * (1 - 1e-9));
  return ticks.slice(first, Math.max(last, first + 1) + 1);
}

function formatTick(tick: number, ticks: readonly number[]): string {
  const largest = Math.max(...ticks.map(Math.abs));
  if (tick !== 0 && (largest < 0.01 || largest >= 1e7)) return tick.toExponential().replace('e+', 'e');
  return tick.toLocaleString('en', { maximumFractionDigits: 6 });
}
