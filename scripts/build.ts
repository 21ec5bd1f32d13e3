// Builds every package without a word, unless one fails: for `npm install` and `npm start`.
//
//   node scripts/build.ts
import { buildAll } from './build-all.ts';

process.exitCode = (await buildAll()) ? 0 : 1;
