// Takes over the outcome of each test of the page in apps/trainer/browser-test, run in a headless Chromium.
// NIBBLE_SCREENSHOT=FILE.png keeps a picture of the page; NIBBLE_SKIP_BACKENDS=browser leaves all of it out.
import { describe, expect, it } from 'vitest';
import { runPage } from './run-page.ts';

const skip = (process.env['NIBBLE_SKIP_BACKENDS'] ?? '').split(',').includes('browser');
const outcomes = skip ? [] : await runPage(process.env['NIBBLE_SCREENSHOT']);

describe('in Chromium', () => {
  it.skipIf(skip)('there are tests', () => {
    expect(outcomes.length).toBeGreaterThan(10);
  });
  it.each(outcomes.map(({ name, error }) => [name, error] as const))('%s', (_, error) => {
    expect(error).toBeUndefined();
  });
});
