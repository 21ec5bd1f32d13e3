import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../workspaces.ts';
import { pictures } from './pictures/pictures.ts';

/** The folder of the drawn pictures, in git so that the pages show them wherever they are read. */
export const picturesFolder: string = path.join(root, 'docs', 'pictures');

/** Draws the pictures anew, with the packages as they are now. */
export function drawPictures(): void {
  mkdirSync(picturesFolder, { recursive: true });
  for (const [name, draw] of pictures) writeFileSync(path.join(picturesFolder, name), draw());
}
