import { afterAll, beforeAll } from 'vitest';
import { openLab } from './open-lab.ts';
import type { OpenLab } from './open-lab.ts';

/** Opens the lab for the tests of a block. */
export function useLab(): Omit<OpenLab, 'close'> {
  let lab: OpenLab;
  beforeAll(async () => {
    lab = await openLab();
  });
  afterAll(() => lab.close());
  return {
    get url() {
      return lab.url;
    },
    get folder() {
      return lab.folder;
    },
    newPage: (options) => lab.newPage(options),
  };
}
