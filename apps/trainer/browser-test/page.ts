// Runs the tests in the page, shows them as a table, and leaves the outcomes in `window.pageOutcomes` for browser.test.ts.
import { bridgeTests, errorTests } from './bridge-tests.ts';
import { fp4Tests } from './fp4-tests.ts';
import { pageGpu } from './open-backends.ts';
import { runPageTests } from './page-test.ts';
import type { Outcome } from './page-test.ts';

declare global {
  interface Window {
    /** Set when all tests of the page have ended. */
    pageOutcomes?: readonly Outcome[];
  }
}

const table = document.querySelector('#outcomes')!;
const summary = document.querySelector('#summary')!;

const outcomes = await runPageTests(
  [...bridgeTests, ...fp4Tests, ...errorTests],
  ({ name, error, seconds }) => {
    const row = document.createElement('tr');
    row.append(
      cell(name),
      cell(error ?? 'passed', error === undefined ? 'passed' : 'failed'),
      cell(seconds.toFixed(1)),
    );
    table.append(row);
  },
);
const failed = outcomes.filter(({ error }) => error !== undefined).length;
summary.textContent = `${outcomes.length - failed} passed, ${failed} failed on ${(await pageGpu()).adapter}, ${navigator.userAgent}`;
window.pageOutcomes = outcomes;

function cell(text: string, className = ''): HTMLTableCellElement {
  const element = document.createElement('td');
  const content = text.includes('\n') ? document.createElement('pre') : document.createElement('span');
  content.textContent = text;
  content.className = className;
  element.append(content);
  return element;
}
