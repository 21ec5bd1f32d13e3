import { describe, expect, it } from 'vitest';
import { brokenPromise, promisedOutput, readmeExample } from './readme-example.ts';

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

describe('promisedOutput', () => {
  it('reads the comments behind console.log', () => {
    const code = 'const a = 1; // one\nconsole.log(a); // 1\n  console.log(f(a)); // [2, 3] (sum)\n';
    expect(promisedOutput(`${code}console.log(g()); // for example: 4\nconsole.log(h());\n`)).toEqual([
      '1',
      '[2, 3] (sum)',
    ]);
  });
  it('reads the one behind a call of several lines', () => {
    const code =
      'console.log(\n  f(a),\n); // 5\nconsole.log(\n  b,\n);\ng(\n  c,\n); // no promise\nconsole.log(d); // 6\n';
    expect(promisedOutput(code)).toEqual(['5', '6']);
  });
});

describe('brokenPromise', () => {
  const output = 'noise\n1.5\nFloat32Array(2) [ 2, 3 ]\n';
  it.each([[[]], [['1.5']], [['1.5: a half more', '[2, 3] (sum)']], [['2, 3']]])(
    'finds %j kept',
    (promises) => {
      expect(brokenPromise(promises, output)).toBeUndefined();
    },
  );
  it.each([
    [['1.6'], '1.6'],
    [['1.55'], '1.55'],
    [['[2, 3]', '1.5'], '1.5'],
    [['1.5', '1.5'], '1.5'],
  ])('finds %j broken', (promises, broken) => {
    expect(brokenPromise(promises, output)).toBe(broken);
  });
});
