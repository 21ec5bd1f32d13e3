import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync, zipSync } from 'fflate';

/** Unzips into a folder, and returns the one folder that the zip holds. */
export function unzipTo(folder: string, zip: Uint8Array): string {
  const files = unzipSync(zip);
  for (const [name, bytes] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
  const [first] = Object.keys(files);
  return path.join(folder, first!.split('/')[0]!);
}

/** Zips a folder as `zip -r` does. */
export function zipFolder(folder: string): Uint8Array {
  const parent = path.dirname(folder);
  const files = readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => statSync(file).isFile());
  return zipSync(
    Object.fromEntries(
      files.map((file) => [
        path.relative(parent, file).replaceAll(path.sep, '/'),
        new Uint8Array(readFileSync(file)),
      ]),
    ),
  );
}
