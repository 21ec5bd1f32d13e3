/** A dataset on the Hugging Face hub, or a part of one. */
export interface HubName {
  /** `owner/name`, or `name` alone for the oldest ones. */
  readonly repo: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
  /** A file or a folder in it; empty is everything. */
  readonly path: string;
}

/** Whether a name means a dataset on the hub. */
export function isHubName(data: string): boolean {
  return data.startsWith('hf:');
}

/**
 * Returns what `hf:owner/name[@revision][/path]` means. A revision that has slashes in it, such as
 * `refs/convert/parquet`, is written with `%2F`.
 *
 * @throws RangeError when it is spelt otherwise.
 */
export function parseHubName(data: string): HubName {
  const match = /^hf:(?:datasets\/)?([\w.-]+\/[\w.-]+)(?:@([^/]+))?(?:\/(.*))?$/.exec(data);
  if (match === null) {
    throw new RangeError(
      `parseHubName: a dataset of the hub must be hf:owner/name, hf:owner/name@revision or either with /path, but got ${JSON.stringify(data)}`,
    );
  }
  const [, repo, revision = 'main', path = ''] = match;
  return { repo: repo!, revision: decodeURIComponent(revision), path: path.replace(/\/+$/, '') };
}
