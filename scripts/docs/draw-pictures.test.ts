import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { picturesFolder } from './draw-pictures.ts';
import { pictures } from './pictures/pictures.ts';

describe('docs/pictures', () => {
  it.each([...pictures])('%s is what the packages draw; if not, npm run docs draws it anew', (name, draw) => {
    expect(readFileSync(path.join(picturesFolder, name), 'utf8')).toBe(draw());
  });
});
