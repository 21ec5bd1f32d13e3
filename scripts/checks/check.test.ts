import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runChecks } from './check.ts';

describe('runChecks', () => {
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}));
  afterEach(() => void vi.restoreAllMocks());

  it('runs all, a few at a time, and reports findings and exceptions', async () => {
    let running = 0;
    let most = 0;
    const check = (name: string, problems: string[]) => ({
      name,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        if (problems[0] === 'throw') throw new Error('broken');
        return problems;
      },
    });
    const checks = [check('a', []), check('b', ['wrong']), check('c', ['throw']), check('d', [])];
    const results = await runChecks(checks, 2);
    expect(most).toBe(2);
    expect(Object.fromEntries(results.map(({ name, problems }) => [name, problems]))).toEqual({
      a: [],
      b: ['wrong'],
      c: ['Error: broken'],
      d: [],
    });
    expect(vi.mocked(console.log).mock.calls.flat().join('\n')).toMatch(/FAIL b[^]*ok {3}d[^]*b:\n {2}wrong/);
  });
});
