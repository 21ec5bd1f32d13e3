import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Turns } from './turns.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => vi.useRealTimers());

describe('Turns', () => {
  it('gives the device to one after the other, in the order they asked', async () => {
    const turns = new Turns();
    const order: string[] = [];
    const use = async (name: string): Promise<void> => {
      await turns.take();
      order.push(`${name} has it`);
      await Promise.resolve();
      order.push(`${name} gives it`);
      turns.give();
    };
    await Promise.all([use('a'), use('b'), use('c')]);
    expect(order).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} has it`, `${name} gives it`]));
  });

  it('is over when somebody waits and a slice has passed', async () => {
    const turns = new Turns();
    await turns.take();
    vi.advanceTimersByTime(10_000);
    expect(turns.isOver).toBe(false);
    const other = turns.take();
    expect(turns.isOver).toBe(true);
    turns.give();
    await other;
    void turns.take();
    expect(turns.isOver).toBe(false);
    vi.advanceTimersByTime(600);
    expect(turns.isOver).toBe(true);
  });
});
