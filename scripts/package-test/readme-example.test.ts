import { describe, expect, it } from 'vitest';
import { readmeExample } from './readme-example.ts';

describe('readmeExample', () => {
  it('finds the first ts block and the packages to install', () => {
    const markdown =
      '# A\n\n```sh\nnpm install --save @x/a b\n```\n\n```js\nno\n```\n\n```ts\nyes();\n```\n\n```ts\nlater();\n```\n';
    expect(readmeExample(markdown)).toEqual({ code: 'yes();\n', packages: ['@x/a', 'b'] });
  });
  it('does without an install line', () => {
    expect(readmeExample('```ts\nyes();\n```\n')).toEqual({ code: 'yes();\n', packages: undefined });
  });
  it('is undefined without an example', () => {
    expect(readmeExample('# A\n\n```tsx\nno\n```\n')).toBeUndefined();
  });
});
