import { describe, expect, it } from 'vitest';
import { threadGrid, workgroupGrid } from './wgsl.ts';

describe('workgroupGrid', () => {
  it('covers every count with at most 65,535 workgroups in a dimension', () => {
    for (const count of [0, 1, 64, 65_535, 65_536, 200_001, 10 ** 8]) {
      const [x, y] = workgroupGrid(count);
      expect(x * y).toBeGreaterThanOrEqual(count);
      expect(Math.max(x, y)).toBeLessThanOrEqual(65_535);
    }
    expect(workgroupGrid(0)).toEqual([0, 0]);
    expect(threadGrid(65)).toEqual([2, 1]);
  });
});
