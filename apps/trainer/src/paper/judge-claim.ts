import type { Claim } from './experiment.ts';
import { pairedLosses } from './loss-table.ts';
import type { ArmResults } from './loss-table.ts';
import { meanInterval, ratioInterval } from './stats/intervals.ts';
import type { Interval } from './stats/intervals.ts';

/** Whether a claim holds here: with 95 % confidence, in the mean only, or not. */
export type Verdict =
  'yes' | 'with some seeds' | 'in the mean' | 'not in the mean' | 'no' | 'cannot be judged';

/** A claim and what the runs say to it. */
export interface Judgement {
  readonly claim: Claim;
  readonly verdict: Verdict;
  /** What it rests on: the number that must be positive, in `unit`. */
  readonly margin: Interval | null;
  readonly unit: string;
}

/**
 * Judges a claim on runs paired by seed: `yes` where the 95 % confidence interval of the margin lies above zero, `no`
 * where it lies below.
 *
 * @param directRecipe - The recipe whose gap is to be closed, where the claim is about that.
 * @throws RangeError when the claim names a recipe that is no arm.
 */
export function judgeClaim(
  claim: Claim,
  arms: readonly ArmResults[],
  directRecipe: string | null,
): Judgement {
  const find = (recipe: string): ArmResults => {
    const found = arms.find(({ arm }) => arm.recipe === recipe);
    if (found === undefined) {
      throw new RangeError(`judgeClaim: ${claim.text} must be about recipes that ran, but ${recipe} did not`);
    }
    return found;
  };
  switch (claim.kind) {
    case 'above': {
      const pairs = pairedLosses(find(claim.worse), find(claim.better));
      return judge(
        claim,
        '% of the loss',
        pairs.map(([worse, better]) => (100 * (worse - better)) / better),
      );
    }
    case 'gapAtMost': {
      const pairs = pairedLosses(find(claim.recipe), arms[0]!);
      const gaps = pairs.map(([loss, base]) => (100 * (loss - base)) / base);
      return judge(
        claim,
        '% of the loss',
        gaps.map((gap) => claim.percent - gap),
      );
    }
    case 'closesAtLeast':
      if (directRecipe === null) throw new RangeError(`judgeClaim: ${claim.text} must have a direct cast`);
      return judgeShare(claim, find(claim.recipe), arms[0]!, find(directRecipe));
    case 'diverges': {
      const { runs } = find(claim.recipe);
      const diverged = runs.filter(({ divergence }) => divergence !== null).length;
      const verdict = diverged === runs.length ? 'yes' : diverged === 0 ? 'no' : 'with some seeds';
      return { claim, verdict, margin: null, unit: '' };
    }
    default:
      return claim satisfies never;
  }
}

function judge(claim: Claim, unit: string, margins: readonly number[]): Judgement {
  if (margins.length === 0) return { claim, verdict: 'cannot be judged', margin: null, unit };
  const margin = meanInterval(margins);
  return { claim, verdict: verdictOf(margin), margin, unit };
}

function judgeShare(
  claim: Extract<Claim, { kind: 'closesAtLeast' }>,
  own: ArmResults,
  base: ArmResults,
  direct: ArmResults,
): Judgement {
  const unit = 'of the gap';
  const above = pairedLosses(direct, own);
  const whole = pairedLosses(direct, base);
  // A gap that is not there cannot be closed.
  if (above.length === 0 || above.length !== whole.length || meanGap(whole) <= 0) {
    return { claim, verdict: 'cannot be judged', margin: null, unit };
  }
  const ratio = ratioInterval(
    above.map(([worse, loss]) => worse - loss),
    whole.map(([worse, loss]) => worse - loss),
  );
  const margin = {
    ...ratio,
    estimate: ratio.estimate - claim.share,
    range:
      ratio.range === null ? null : ([ratio.range[0] - claim.share, ratio.range[1] - claim.share] as const),
  };
  return { claim, verdict: verdictOf(margin), margin, unit };
}

const meanGap = (pairs: readonly (readonly [number, number])[]): number =>
  pairs.reduce((sum, [worse, better]) => sum + worse - better, 0) / pairs.length;

function verdictOf({ estimate, range }: Interval): Verdict {
  if (range !== null && range[0] > 0) return 'yes';
  if (range !== null && range[1] < 0) return 'no';
  return estimate > 0 ? 'in the mean' : 'not in the mean';
}
