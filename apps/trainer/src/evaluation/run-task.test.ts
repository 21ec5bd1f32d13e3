import { createLinears, findRecipe } from '@nibble-ml/recipes';
import { expectNoLeaks, useBackend } from '@nibble-ml/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBigramModel } from '../../test/bigram-model.ts';
import type { BigramModel } from '../../test/bigram-model.ts';
import { runTask } from './run-task.ts';
import type { TaskResult } from './run-task.ts';
import type { ChoiceDocument, TaskDocument } from './tasks/task-document.ts';

const CYCLE = 'abcdefghijklmnopqrstuvwxyz .';

describe('runTask', () => {
  let bigram: BigramModel;
  beforeAll(async () => {
    await useBackend('cpu');
    bigram = createBigramModel(CYCLE, 64);
  });
  afterAll(() => bigram.model.dispose());

  const { linear } = createLinears(findRecipe('f32'));
  const run = (documents: TaskDocument[]): Promise<TaskResult> =>
    runTask({ model: bigram.model, linear, batchTokens: 64 }, bigram.tokenizer, { name: 'made', documents });
  const choice = (context: string, choices: string[], gold: number): ChoiceDocument => ({
    kind: 'choices',
    where: 'made:1',
    context,
    choices,
    gold,
  });
  const values = ({ metrics }: TaskResult): Record<string, number> =>
    Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));

  it('scores 1 where the model knows the answers, and 0 where the others are said to be right', async () => {
    const documents = [
      choice('letters', ['mlkj', 'jklm', 'jmkl'], 1),
      choice('more letters', ['cdefgh', 'hgfedc'], 0),
      choice('and', ['xvtr', 'xzxz', 'rtvx', 'uvwx'], 3),
    ];
    const result = await expectNoLeaks(() => run(documents));
    expect(result).toMatchObject({ name: 'made', documents: 3, truncated: 0 });
    expect(values(result)).toEqual({ acc: 1, acc_norm: 1, acc_bytes: 1 });
    expect(result.metrics['acc']!.standardError).toBe(0);
    const wrong = documents.map(({ context, choices, gold }) =>
      choice(context, [...choices], (gold + 1) % choices.length),
    );
    expect(values(await run(wrong))).toEqual({ acc: 0, acc_norm: 0, acc_bytes: 0 });
  });

  it('divides by characters, and by bytes, of the choice alone', async () => {
    // After a space a full stop is expected, after q an r: everything else costs about 16 nats there. After the first
    // byte of é nothing is, and everything costs ln 257. So é costs 22 nats in 1 character and 2 bytes, qb 32 in 2 and 2;
    // of all there go 16 for the space before.
    const result = await run([choice('x', ['é', 'qb'], 0)]);
    expect(values(result)).toEqual({ acc: 1, acc_norm: 0, acc_bytes: 1 });
  });

  it('takes the last word for known when each of its tokens is the likeliest', async () => {
    const completion = (context: string, word: string): TaskDocument => ({
      kind: 'completion',
      where: 'made:1',
      context,
      completion: ` ${word}`,
    });
    // "z" is followed by a space, that by a full stop, and that by "a".
    const result = await run([completion('xyz', '.abc'), completion('xyz', 'abc'), completion('xyz', '.ab')]);
    expect(result.metrics['acc']!.value).toBeCloseTo(2 / 3, 12);
    expect(result.metrics['acc']!.standardError).toBeCloseTo(Math.sqrt(2 / 3 / 3 / 2), 12);
    expect(result.metrics['perplexity']!.value).toBeGreaterThan(1);
    const known = await run([completion('xyz', '.abc')]);
    expect(known.metrics['perplexity']!.value).toBeLessThan(result.metrics['perplexity']!.value);
    expect(known.metrics['perplexity']!.standardError).toBeNull();
  });

  it('leaves out the beginning of what is too long, and says of how many', async () => {
    const long = 'q'.repeat(100);
    const result = await run([choice(long, ['jklm', 'mlkj'], 0), choice('q', ['jklm', 'mlkj'], 0)]);
    expect(result.truncated).toBe(1);
    expect(result.metrics['acc']!.value).toBe(1);
  });

  it('names the place of what cannot be scored', async () => {
    await expect(run([choice('a', ['b', 'q'.repeat(100)], 0)])).rejects.toThrow(
      /^made:1: a continuation must have at most 64 tokens, the model's context, but " q+"\.\.\. has 101$/,
    );
  });
});
