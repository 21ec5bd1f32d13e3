import { describe, expect, it } from 'vitest';
import { chinchillaConstants, qatDeltaConstants } from './published.ts';

// Entered a second time from the papers' tables, column by column: a slip of one digit shows.
describe('chinchillaConstants', () => {
  it.each([
    ['hoffmann', [1.69, 406.4, 0.34, 410.7, 0.28]],
    ['epoch', [1.8169, 482.006, 0.3478, 2085.434, 0.3658]],
    ['qat', [1.9279, 237.7042, 0.3022, 596.249, 0.3022]],
  ] as const)('%s are as published', (name, [E, A, alpha, B, beta]) => {
    expect(chinchillaConstants[name]).toEqual({ E, A, alpha, B, beta });
  });
});

describe('qatDeltaConstants', () => {
  it('are the columns of Table 1', () => {
    const rows = ['w4a4', 'w4a16', 'w16a4', 'w4a4-fc2-8bit', 'w16a4-fc2-8bit'] as const;
    const column = (name: 'k' | 'gammaN' | 'gammaD' | 'gammaG'): number[] =>
      rows.map((row) => qatDeltaConstants[row][name]);
    expect(column('k')).toEqual([0.1582, 0.2522, 0.1004, 0.3519, 0.1273]);
    expect(column('gammaN')).toEqual([0.2186, 0.3589, 0.1816, 0.2637, 0.2347]);
    expect(column('gammaD')).toEqual([0.0745, 0.161, 0.0331, 0.0964, 0.0827]);
    expect(column('gammaG')).toEqual([0.7779, 0.3533, 0.9812, 0.3407, 0.4491]);
  });
});
