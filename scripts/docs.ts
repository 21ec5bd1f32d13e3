// Builds the documentation into docs/site: guides, packages, results, design and the reference of every export.
//
//   npm run docs
//   npm run docs -- --base /nibble/     for a server that has it below an address, such as GitHub Pages
//   npm run docs -- --serve             and serves it at http://localhost:4173
import { parseArgs } from 'node:util';
import { build, serve } from 'vitepress';
import { checkSite } from './docs/check-site.ts';
import { drawPictures } from './docs/draw-pictures.ts';
import { siteFolder, vitePressFolder } from './docs/folders.ts';
import { stagePages } from './docs/stage-pages.ts';
import { writeReference } from './docs/write-reference.ts';

const { values } = parseArgs({
  options: { base: { type: 'string', default: '/' }, serve: { type: 'boolean', default: false } },
});
const start = performance.now();
drawPictures();
await stagePages();
await writeReference();
await build(vitePressFolder, { base: values.base });
const broken = checkSite(siteFolder, values.base);
for (const problem of broken) console.error(problem);
if (broken.length > 0) {
  console.error(`${broken.length} broken links`);
  process.exit(1);
}
console.log(`docs/site is built, in ${((performance.now() - start) / 1000).toFixed(0)} s; every link holds`);
if (values.serve) {
  await serve({ root: vitePressFolder, base: values.base, port: 4173 });
  console.log(`http://localhost:4173${values.base}`);
}
