import { describe, expect, it } from 'vitest';
import { vnniNotices, vnniOf } from './cpu-features.ts';

describe('vnniOf', () => {
  it.each([
    ['flags\t\t: fpu avx512_vnni sse\n', 'yes'],
    ['model\t: 1\nflags\t\t: fpu avx_vnni\n', 'yes'],
    ['flags\t\t: fpu avx512f avx2\nvmx flags\t: avx_vnni\n', 'no'],
    ['Features\t: fp asimd asimddp\n', 'unknown'],
  ] as const)('reads %o', (text, expected) => {
    expect(vnniOf(text)).toBe(expected);
  });
});

it('vnniNotices says what is missing', () => {
  expect(vnniNotices('yes')).toEqual([]);
  expect(vnniNotices('no')[0]).toMatch(/^This CPU has no VNNI/);
  expect(vnniNotices('unknown')[0]).toMatch(/unknown/);
});
