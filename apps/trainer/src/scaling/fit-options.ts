import { lawFromFormula, lawNamed, lawNames } from '@nibble-ml/scaling-law';
import type { FitOptions, ScalingLaw, ScalingRecord } from '@nibble-ml/scaling-law';
import { known, numberIn } from '../commands/options.ts';

/** The flags of `nibble fit`, as commander gives them. */
export interface FitFlags {
  readonly law: string;
  readonly formula?: string;
  readonly start?: readonly string[];
  readonly real?: string;
  readonly compare?: string;
  readonly precision?: string;
  readonly where?: readonly string[];
  readonly seeds: string;
  readonly logOf: string;
  readonly huber?: string;
  readonly bootstrap: string;
  readonly resampling: string;
  readonly intervals: string;
  readonly confidence: string;
  readonly seed: string;
  readonly validate?: boolean;
  readonly isoflop?: boolean;
  readonly workers?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/**
 * What the flags say about the fit itself.
 *
 * @throws RangeError naming the flag that is wrong
 */
export function fitOptionsOf(flags: FitFlags): FitOptions {
  const { huber } = flags;
  return {
    resamples: numberIn('--bootstrap', flags.bootstrap, [0, 1_000_000], true),
    resampling: known('--resampling', flags.resampling, ['cases', 'residuals']),
    intervals: known('--intervals', flags.intervals, ['percentile', 'bca']),
    confidence: numberIn('--confidence', flags.confidence, [0.01, 0.999], false),
    seed: numberIn('--seed', flags.seed, [0, 2 ** 32 - 1], true),
    seeds: known('--seeds', flags.seeds, ['each', 'mean']),
    logOf: known('--log-of', flags.logOf, ['delta', 'loss']),
    ...(flags.precision === undefined ? {} : { precision: flags.precision }),
    ...(huber === undefined
      ? {}
      : { huberDelta: huber === 'auto' ? huber : numberIn('--huber', huber, [1e-12, 1e6], false) }),
  };
}

/**
 * The law to fit: that of `--formula`, else the named one.
 *
 * @throws RangeError or SyntaxError naming what is wrong
 */
export function lawOf(flags: FitFlags, records: readonly ScalingRecord[]): ScalingLaw {
  const { formula, start = [], real = '' } = flags;
  if (formula === undefined) {
    if (start.length > 0 || real !== '') {
      throw new RangeError('--start and --real must come with --formula, but there is none');
    }
    return lawNamed(known('--law', flags.law, lawNames), records);
  }
  const domains = Object.fromEntries(namesOf(real).map((name) => [name, 'real' as const]));
  return lawFromFormula(formula, { domains, starts: Object.fromEntries(start.map(startsOf)) });
}

/**
 * The names of the laws of `--compare`, without the one that is fitted anyway.
 *
 * @throws RangeError naming the nearest law
 */
export function comparedLaws({ compare = '' }: FitFlags, fitted: ScalingLaw): string[] {
  return namesOf(compare)
    .map((name) => known('--compare', name, lawNames))
    .filter((name) => name !== fitted.name);
}

function namesOf(list: string): string[] {
  return list.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
}

function startsOf(text: string): [name: string, starts: number[]] {
  const [name, list] = text.split('=');
  const values = (list ?? '').split(',').map(Number);
  if (name === undefined || list === undefined || list === '' || values.some(Number.isNaN)) {
    throw new RangeError(`--start must be NAME=VALUE,VALUE…, but got "${text}"`);
  }
  return [name, values];
}
