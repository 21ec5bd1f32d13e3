import { describe, expect, it } from 'vitest';
import { browserOf, webGpuAdvice } from './webgpu-advice.ts';

const agents: readonly (readonly [browser: string | undefined, agent: string])[] = [
  [
    'Chrome',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  ],
  [
    'Chrome',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
  ],
  [
    'Chrome on Linux',
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
  ],
  [
    'Edge',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
  ],
  ['Firefox', 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'],
  [
    'Safari',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
  ],
  [undefined, 'curl/8'],
];

describe('browserOf', () => {
  it.each(agents)('is %s for %s', (browser, agent) => {
    expect(browserOf(agent)).toBe(browser);
  });

  it('knows what to do in each of them', () => {
    const known = webGpuAdvice.map(({ browser }) => browser);
    expect(known).toEqual(expect.arrayContaining(agents.flatMap(([browser]) => browser ?? [])));
  });
});
