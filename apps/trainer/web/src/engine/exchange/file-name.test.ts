import { describe, expect, it } from 'vitest';
import { fileNameOf } from './file-name.ts';

describe('fileNameOf', () => {
  it.each([
    ['fp4-paper', 'fp4-paper'],
    ['a/b\\c: d?', 'a-b-c-d'],
    ['..', 'run'],
    ['', 'run'],
    ['Größe 7', 'Größe-7'],
    ['x'.repeat(200), 'x'.repeat(80)],
  ])('makes %j %j', (name, file) => {
    expect(fileNameOf(name)).toBe(file);
  });
});
