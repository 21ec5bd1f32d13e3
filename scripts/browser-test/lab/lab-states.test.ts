// Opens the lab's page in its states, light and dark, wide and narrow: usable by everyone, and within the screen.
// NIBBLE_SCREENSHOTS=FOLDER keeps a picture of each.
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { accessibilityProblems } from './axe.ts';
import { labStates } from './lab-states.ts';
import { skipsBrowser } from './open-lab.ts';
import { openState } from './open-state.ts';
import { useLab } from './use-lab.ts';

const folder = process.env['NIBBLE_SCREENSHOTS'];
const views = Object.keys(labStates).flatMap((name) =>
  (
    [
      ['light', 1280],
      ['dark', 360],
    ] as const
  ).map(([colorScheme, width]) => ({ name, colorScheme, width })),
);

describe.skipIf(skipsBrowser)("the lab's page", () => {
  const lab = useLab();

  it.each(views)(
    '$name, $colorScheme, $width pixels: no serious violation, nothing beyond the edge',
    async ({ name, colorScheme, width }) => {
      const page = await openState(lab, labStates[name]!, { colorScheme, viewport: { width, height: 800 } });
      if (folder !== undefined) {
        const file = `${name.replaceAll(' ', '-')}-${colorScheme}-${width}.png`;
        await page.screenshot({ path: path.join(folder, file), fullPage: true });
      }
      // Whatever is folded up is part of the page, too.
      await page.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
      });
      const problems = await accessibilityProblems(page);
      const seen = await page.evaluate(() => ({
        overflow: document.documentElement.scrollWidth - window.innerWidth,
        background: getComputedStyle(document.body).backgroundColor,
      }));
      await page.context().close();
      expect(problems).toEqual([]);
      expect(seen.overflow).toBeLessThanOrEqual(0);
      expect(seen.background).toBe(colorScheme === 'light' ? 'rgb(247, 247, 245)' : 'rgb(16, 18, 22)');
    },
  );
});
