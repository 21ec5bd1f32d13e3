import { describe, expect, it } from 'vitest';
import { layers } from '../../checks/layers.ts';
import { essentialImports } from './package-layers.ts';

describe('essentialImports', () => {
  it('implies every import of the table, and no more', () => {
    const arrows = essentialImports();
    const reached = (from: string): string[] => {
      const next = arrows.filter(([start]) => start === from).map(([, to]) => to);
      return next.concat(next.flatMap(reached));
    };
    for (const folder of new Set(arrows.map(([from]) => from))) {
      expect(new Set(reached(folder)), folder).toEqual(new Set(layers.get(folder)));
    }
  });
});
