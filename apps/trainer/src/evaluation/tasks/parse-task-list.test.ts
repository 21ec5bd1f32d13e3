import { describe, expect, it } from 'vitest';
import { parseTaskList } from './parse-task-list.ts';

describe('parseTaskList', () => {
  it('reads names and files, which may have commas and equals signs', () => {
    expect(parseTaskList('arc_easy=a.jsonl')).toEqual([{ name: 'arc_easy', path: 'a.jsonl' }]);
    expect(parseTaskList('a=x,y.jsonl,b-2=dir/k=v.jsonl,c.d=z')).toEqual([
      { name: 'a', path: 'x,y.jsonl' },
      { name: 'b-2', path: 'dir/k=v.jsonl' },
      { name: 'c.d', path: 'z' },
    ]);
  });
  it.each([
    ['', /must be NAME=FILE,NAME=FILE, but got ""/],
    ['arc_easy', /but got "arc_easy"/],
    ['=a.jsonl', /but got "=a.jsonl"/],
    ['a=', /but got "a="/],
    ['a=b,a=c', /must name each task once, but a is there twice/],
  ])('refuses %j', (text, message) => {
    expect(() => parseTaskList(text)).toThrow(message);
  });
});
