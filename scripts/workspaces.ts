// The workspaces of this repository, read from their package.json files.
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The repository's root folder. */
export const root: string = path.resolve(import.meta.dirname, '..');

/** What the checks read of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly description?: string;
  readonly license?: string;
  readonly type?: string;
  readonly main?: string;
  readonly repository?: { readonly directory?: string };
  readonly engines?: { readonly node?: string };
  readonly files?: readonly string[];
  readonly sideEffects?: boolean | readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly publishConfig?: { readonly access?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** A folder of this repository that is an npm package. */
export interface Workspace {
  /** Relative to the root, with forward slashes: `packages/occ`. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** All workspaces that the root package.json names, sorted by folder. */
export function readWorkspaces(): Workspace[] {
  const { workspaces } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
    workspaces: string[];
  };
  const files = workspaces.flatMap((pattern) => globSync(`${pattern}/package.json`, { cwd: root }));
  return files.toSorted().map((file) => ({
    folder: path.dirname(file).replaceAll(path.sep, '/'),
    manifest: JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Manifest,
  }));
}

/** The workspaces that are published to npm. */
export function publishedWorkspaces(): Workspace[] {
  return readWorkspaces().filter(({ manifest }) => manifest.private !== true);
}
