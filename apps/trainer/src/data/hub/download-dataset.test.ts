import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheFolder } from './cache-folder.ts';
import { downloadDataset, type DownloadDatasetOptions } from './download-dataset.ts';
import { parseHubName } from './hub-name.ts';
import { startTestHub, type TestHub } from '../../../test/hub-server.ts';

let hub: TestHub;
let cache: string;
let notes: string[];
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const big = bytes(`{"text":"${'whale '.repeat(60_000)}"}\n`);

beforeEach(async () => {
  hub = await startTestHub();
  hub.files.set('README.md', { content: bytes('# About'), large: false });
  hub.files.set('.gitattributes', { content: bytes('x'), large: false });
  hub.files.set('data/b.jsonl', { content: big, large: true });
  hub.files.set('data/a ü.txt', { content: bytes('Call me Ishmael.'), large: false });
  hub.files.set('image.png', { content: bytes('png'), large: false });
  cache = mkdtempSync(join(tmpdir(), 'nibble-hub-'));
  notes = [];
});
afterEach(async () => {
  rmSync(cache, { recursive: true });
  await hub.close();
});

const download = (
  name = 'hf:owner/name',
  more: Partial<DownloadDatasetOptions> = {},
): ReturnType<typeof downloadDataset> =>
  downloadDataset(name, {
    hubUrl: hub.url,
    cache,
    note: (text) => notes.push(text),
    signal: new AbortController().signal,
    ...more,
  });
/** Requests for files, without those that only ask for the size. */
const transfers = (): string[] =>
  hub.requests.filter((request) => request.includes('/resolve/') && !request.endsWith('bytes=0-0'));

describe('downloadDataset', () => {
  it('downloads what can be read, sorted, over all pages of the list', async () => {
    const progress: number[] = [];
    const files = await download('hf:owner/name', {
      onProgress: (done, total) => progress.push(done / total),
    });
    expect(files.map(({ name, format }) => [name, format])).toEqual([
      ['owner/name/data/a ü.txt', 'text'],
      ['owner/name/data/b.jsonl', 'jsonl'],
    ]);
    expect(files.map(({ path }) => readFileSync(path))).toEqual([
      Buffer.from('Call me Ishmael.'),
      Buffer.from(big),
    ]);
    expect(progress.at(-1)).toBe(1);
    expect(notes).toEqual([expect.stringMatching(/downloaded 0\.4 MB of hf:owner\/name to /)]);
  });

  it('downloads nothing again that has not changed, and only what has', async () => {
    await download();
    hub.requests.length = 0;
    await download();
    expect(transfers()).toEqual([]);
    expect(notes.at(-1)).toMatch(/2 files of 0\.4 MB, unchanged/);
    hub.files.set('data/a ü.txt', { content: bytes('Call me Ahab.'), large: false });
    const [first] = await download();
    expect(readFileSync(first!.path, 'utf8')).toBe('Call me Ahab.');
    expect(transfers()).toHaveLength(1);
  });

  it('goes on where a download was cut off', async () => {
    hub.cutAfter = 100_000;
    await expect(download('hf:owner/name/data/b.jsonl')).rejects.toThrow(
      /download of data\/b\.jsonl of owner\/name was cut off .* what came is kept/,
    );
    const partial = readdirSync(join(cache, 'hub', 'owner--name', 'main', 'data')).filter((name) =>
      name.endsWith('.part'),
    );
    expect(partial).toHaveLength(1);
    hub.requests.length = 0;
    const [file] = await download('hf:owner/name/data/b.jsonl');
    expect(readFileSync(file!.path)).toEqual(Buffer.from(big));
    expect(transfers()).toEqual([expect.stringMatching(/bytes=[1-9]\d+-/)]);
  });

  it('downloads again what lies there damaged', async () => {
    hub.cutAfter = 100_000;
    await expect(download('hf:owner/name/data/b.jsonl')).rejects.toThrow(/was cut off/);
    const folder = join(cache, 'hub', 'owner--name', 'main', 'data');
    const [partial] = readdirSync(folder);
    writeFileSync(join(folder, partial!), 'x'.repeat(50_000));
    await expect(download('hf:owner/name/data/b.jsonl')).rejects.toThrow(
      /must have the checksum [\da-f]{64}, but got/,
    );
    const [file] = await download('hf:owner/name/data/b.jsonl');
    expect(readFileSync(file!.path)).toEqual(Buffer.from(big));
  });

  it('takes a revision, a folder, a file and a token', async () => {
    hub.token = 'hf_secret';
    const files = await download('hf:owner/name@v1.0/data', { token: 'hf_secret' });
    expect(files).toHaveLength(2);
    expect(hub.requests[0]).toContain('/tree/v1.0');
    expect(
      await download('hf:owner/name@refs%2Fconvert%2Fparquet/data/b.jsonl', { token: 'hf_secret' }),
    ).toHaveLength(1);
  });

  it.each([
    [401, undefined, /the hub answers 401: it is private, gated or misspelt; put a token .* HF_TOKEN/],
    [403, 'hf_x', /the hub answers 403: the token in HF_TOKEN may not read it/],
    [404, undefined, /the hub answers 404: there is no such dataset, revision or file/],
    [500, undefined, /the hub answers 500: the hub has failed; try again later/],
  ])('explains an answer of %s', async (status, token, message) => {
    hub.fail = { with: status, where: '/tree/' };
    await expect(download('hf:owner/name', { token })).rejects.toThrow(message);
    hub.fail = { with: status, where: '/resolve/' };
    await expect(download('hf:owner/name', { token })).rejects.toThrow(message);
  });

  it('says when the hub cannot be reached, or there is nothing to read', async () => {
    await expect(download('hf:owner/name/none')).rejects.toThrow(/but there is no none at main/);
    await expect(download('hf:owner/name/image.png')).rejects.toThrow(/must have files that can be read/);
    await expect(download('hf:owner/name', { hubUrl: 'http://127.0.0.1:9' })).rejects.toThrow(
      /the hub cannot be reached \(.*\); check the connection, or HF_ENDPOINT/,
    );
  });

  it('refuses files that lead out of the folder', async () => {
    hub.files.set('../../../evil.txt', { content: bytes('x'), large: false });
    await expect(download()).rejects.toThrow(
      /must lie in its folder, but the hub lists "\.\.\/\.\.\/\.\.\/evil\.txt"/,
    );
  });
});

describe('parseHubName', () => {
  it.each([
    ['hf:a/b', { repo: 'a/b', revision: 'main', path: '' }],
    ['hf:datasets/a/b', { repo: 'a/b', revision: 'main', path: '' }],
    ['hf:a/b@v1/c/d.txt', { repo: 'a/b', revision: 'v1', path: 'c/d.txt' }],
    ['hf:a/b/c/', { repo: 'a/b', revision: 'main', path: 'c' }],
  ])('%s', (name, parts) => {
    expect(parseHubName(name)).toEqual(parts);
  });

  it.each(['hf:', 'hf:name', 'hf:a b/c'])('refuses %s', (name) => {
    expect(() => parseHubName(name)).toThrow(/must be hf:owner\/name/);
  });
});

describe('cacheFolder', () => {
  it('follows the environment', () => {
    expect(cacheFolder({ NIBBLE_CACHE: '/a' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/x' })).toBe('/x/nibble');
    expect(cacheFolder({})).toMatch(/\.cache\/nibble$/);
  });
});
