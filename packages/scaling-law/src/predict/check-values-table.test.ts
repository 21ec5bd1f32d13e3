import { expect, it } from 'vitest';
import { gridPoints, simulateRecords } from '../data/simulate-records.ts';
import { fitLaw } from '../fit/fit-law.ts';
import { priorDeltaLaw } from '../laws/prior-law.ts';
import { chinchillaConstants, qatDeltaConstants } from '../laws/published.ts';
import type { QatPrecision } from '../laws/published.ts';
import { qatDelta, qatDeltaWithoutTokens } from '../laws/qat-law.ts';
import { markdownTable } from '../report/table.ts';
import { effectiveParameterMultiplier } from './effective-parameters.ts';
import { activationToWeightRatio, overtakingTokensPerParameter } from './error-decomposition.ts';
import { predictDelta } from './predict.ts';

const { w4a4, w4a16, w16a4 } = qatDeltaConstants;
const base = chinchillaConstants.qat;
const parts = { weights: w4a16, activations: w16a4 };
const partsFc2 = { weights: w4a16, activations: qatDeltaConstants['w16a4-fc2-8bit'] };
const [M, B] = [1e6, 1e9];
const [smallest, N] = [74.32 * M, 594.54 * M];

const delta = (precision: QatPrecision, size: number, D: number, G: number): number =>
  predictDelta({ N: size, D, G }, qatDeltaConstants[precision]);
const signed = (share: number): string => `${share > 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)} %`;
const range = (values: readonly number[], digits: number): string =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;
const [groups, sizes, tokens] = [
  [32, 64, 128, 256],
  [74, 145, 297, 594].map((size) => size * M),
  [10, 20, 50, 100].map((count) => count * B),
];
const grid = sizes.flatMap((size) => tokens.flatMap((D) => groups.map((G) => ({ N: size, D, G }))));

/** Error on delta of a law on the paper's design, simulated from Table 1 with 0.05 % noise: mean of 5 seeds. */
function simulatedError(precision: 'w4a4' | 'w4a16', law: Parameters<typeof fitLaw>[0]): string {
  const design = gridPoints(sizes, tokens, [undefined, ...groups, 1536]);
  const errors = [1, 2, 3, 4, 5].map((seed) => {
    const records = simulateRecords(design, {
      base,
      delta: qatDeltaConstants[precision],
      precision,
      noise: 0.0005,
      seed,
    });
    return fitLaw(law, records, { resamples: 0 }).relativeErrorOnDelta!;
  });
  return `${(100 * errors.reduce((sum, error) => sum + error / 5, 0)).toFixed(1)} %`;
}

const RUNS = 'measured runs against the law fitted to all of them';
const WHICH_SIZE = 'ours at 594 M; the size is not stated, and R varies by 11 % over the sizes';

/** Finding, what the paper says, what its constants give, and why they differ. */
function rows(): string[][] {
  const fall = (precision: QatPrecision): string =>
    signed(delta(precision, N, 100 * B, 128) / delta(precision, smallest, 100 * B, 128) - 1);
  const rise = (precision: QatPrecision): string =>
    signed(delta(precision, N, 100 * B, 128) / delta(precision, N, 10 * B, 128) - 1);
  const gap = (precision: QatPrecision): number =>
    delta(precision, N, 100 * B, 1536) - delta(precision, N, 100 * B, 32);
  const cut = (G: number): string =>
    signed(delta('w4a4-fc2-8bit', 595 * M, 100 * B, G) / delta('w4a4', 595 * M, 100 * B, G) - 1);
  const ratio = (G: number, perParameter: number): string =>
    activationToWeightRatio({ N: 594 * M, D: perParameter * 594 * M, G }, parts).toFixed(2);
  const epm = (size: number, D: number, law = w4a4): number[] =>
    groups.map((G) => effectiveParameterMultiplier({ N: size, D, G }, base, law));
  const sumFactor = grid.map(
    (point) => predictDelta(point, w4a4) / (predictDelta(point, w4a16) + predictDelta(point, w16a4)),
  );
  const ratios = grid.map((point) => activationToWeightRatio(point, parts));
  const fc2Corners = [
    [32, 1000],
    [256, 100],
  ].map(([G, perParameter]) =>
    activationToWeightRatio({ N: 594 * M, D: perParameter! * 594 * M, G: G! }, partsFc2),
  );
  const gain = epm(594 * M, 100 * B, qatDeltaConstants['w4a4-fc2-8bit']).map(
    (value, i) => value - epm(594 * M, 100 * B)[i]!,
  );
  const overtakes = groups.map((G) => overtakingTokensPerParameter({ N: 594 * M, G }, parts));
  return [
    ['delta W4A4, 74 M to 594 M', '−34 %', fall('w4a4'), RUNS],
    ['delta W4A16, 74 M to 594 M', '−51 %', fall('w4a16'), RUNS],
    ['delta W16A4, 74 M to 594 M', '−34 %', fall('w16a4'), RUNS],
    ['delta W4A4, 10 to 100 billion tokens', '+22 %', rise('w4a4'), RUNS],
    ['delta W4A16, 10 to 100 billion tokens', '+43 %', rise('w4a16'), RUNS],
    ['delta W16A4, 10 to 100 billion tokens', '+12 %', rise('w16a4'), RUNS],
    [
      'coarsest less finest G, W4A4, 594 M, 100 billion',
      '.037',
      gap('w4a4').toFixed(4),
      'per-channel taken as G = 1536; the paper does not say',
    ],
    ['the same, W16A4', '.031', gap('w16a4').toFixed(4), 'agrees'],
    [
      'the same, W16A4 over W4A16',
      'about 8',
      (gap('w16a4') / gap('w4a16')).toFixed(1),
      'the denominator is .0057; .002 of noise explains it',
    ],
    [
      'delta W4A4 over the sum of its parts',
      '.906',
      range(sumFactor, 3),
      'each law was fitted apart, which does not keep the sum',
    ],
    ['R at G = 32, D/N = 100', '1.67', ratio(32, 100), WHICH_SIZE],
    ['R at G = 32, D/N = 1000', '1.20', ratio(32, 1000), WHICH_SIZE],
    ['R at G = 256, D/N = 1000', '1.62', ratio(256, 1000), WHICH_SIZE],
    ['R over the grid', 'above 1', range(ratios, 2), 'agrees'],
    ['R with the FC2 input in 8 bits', '.85 to 1.10', range(fc2Corners, 2), 'the corners of the figure'],
    [
      'D/N where weights overtake, 594 M',
      'not stated',
      `${100 * Math.round(Math.min(...overtakes) / 100)} at G = 32`,
      'far beyond the runs: extrapolated',
    ],
    ['FC2 input in 8 bits, G = 32, 595 M, 100 billion', '−20.5 %', cut(32), RUNS],
    ['FC2 input in 8 bits, G = 256', '−42.9 %', cut(256), RUNS],
    [
      'slope of contours in (log N, log D)',
      'straight lines',
      (w4a4.gammaN / w4a4.gammaD).toFixed(2),
      'gammaN/gammaD',
    ],
    [
      'EPM W4A4, 594 M, 100 billion',
      'above .5 in most of the range',
      range(epm(594 * M, 100 * B), 3),
      'agrees',
    ],
    ['EPM W4A4, 7 B, 2 trillion', 'above .5', range(epm(7 * B, 2000 * B), 3), 'agrees, extrapolated'],
    [
      'EPM W4A4, 70 B, 15 trillion',
      'above .5',
      range(epm(70 * B, 15_000 * B), 3),
      'extrapolated; the claim ends here for G of 128 and more',
    ],
    [
      'EPM gained by the FC2 input in 8 bits, 594 M',
      '.06 to .14',
      range(gain, 3),
      'the range of the paper covers larger models',
    ],
    [
      'delta W4A4 at 145 M, 20 billion, G = 128',
      '.6 to .65',
      delta('w4a4', 145 * M, 20 * B, 128).toFixed(3),
      'its own law gives a tenth: very likely .06 to .065 is meant',
    ],
    [
      'error on delta, W4A4: the law',
      '4.7 %',
      simulatedError('w4a4', qatDelta),
      'ours simulated, from noise alone: no losses were published',
    ],
    [
      'error on delta, W4A4: without D',
      '8.6 %',
      simulatedError('w4a4', qatDeltaWithoutTokens),
      'ours simulated',
    ],
    [
      'error on delta, W4A4: prior form',
      '8.5 %',
      simulatedError('w4a4', priorDeltaLaw(base)),
      'ours simulated',
    ],
    [
      'error on delta, W4A16: the law',
      '5.2 %',
      simulatedError('w4a16', qatDelta),
      'ours simulated; small errors suffer more from the same noise',
    ],
    [
      'error on delta, W4A16: without D',
      '13.8 %',
      simulatedError('w4a16', qatDeltaWithoutTokens),
      'ours simulated',
    ],
    [
      'error on delta, W4A16: prior form',
      '19.3 %',
      simulatedError('w4a16', priorDeltaLaw(base)),
      'ours simulated',
    ],
  ];
}

const HEADING = `# The figures of arXiv 2505.14302 beside its constants

What the paper states about the quantization error comes from measured runs; what stands beside it here is worked out from the constants of its Table 1, or, where it says so, from runs simulated from them with a noise of 0.05 % of the loss. A test of this package regenerates the page.
`;

it('every figure of the paper is tabled beside what its constants give', async () => {
  const head = ['finding', 'paper', 'from the constants', 'why they differ'];
  const text = `${HEADING}\n${markdownTable({ head, rows: rows() })}\n`;
  await expect(text).toMatchFileSnapshot('../../CHECKS.md');
});
