import { describe, expect, it } from 'vitest';
import { readmeExample } from './readme-example.ts';

describe('readmeExample', () => {
  it('finds the first ts or js block and the packages to install', () => {
    const markdown =
      '# A\n\n```sh\nnpm install --save @x/a b\n```\n\n```jsonc\nno\n```\n\n```ts\nyes();\n```\n\n```ts\nlater();\n```\n';
    expect(readmeExample(markdown)).toEqual({ code: 'yes();\n', packages: ['@x/a', 'b'] });
  });
  it('takes a js block as well', () => {
    expect(readmeExample('```js\nyes();\n```\n')?.code).toBe('yes();\n');
  });
  it('takes the packages from the imports when there is no install line', () => {
    const code = "import fs from 'node:fs';\nimport { a } from '@x/a/sub';\nimport '@x/a';\nimport 'b';\n";
    expect(readmeExample(`\`\`\`ts\n${code}\`\`\`\n`)?.packages).toEqual(['@x/a', 'b']);
  });
  it('is undefined without an example', () => {
    expect(readmeExample('# A\n\n```tsx\nno\n```\n')).toBeUndefined();
  });
});
