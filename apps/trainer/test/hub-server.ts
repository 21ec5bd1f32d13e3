// For tests: the few addresses of the Hugging Face hub that a download needs, on this machine.
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A hub with one dataset. */
export interface TestHub {
  /** Where it is. */
  readonly url: string;
  /** Its files; `large` ones are listed with their SHA-256, as those in LFS are. */
  readonly files: Map<string, { content: Uint8Array; large: boolean }>;
  /** What was asked for, as `GET /path range`. */
  readonly requests: string[];
  /** Answers every request whose address has this text with this status. */
  fail: { with: number; where: string } | undefined;
  /** Cuts the next file off after so many bytes. */
  cutAfter: number | undefined;
  /** The token that is asked for, if any. */
  token: string | undefined;
  close(): Promise<void>;
}

const pageLength = 2;

/** Starts a hub with the dataset `owner/name` at `main` and `v1.0`. */
export async function startTestHub(): Promise<TestHub> {
  const hub: Omit<TestHub, 'url' | 'close'> = {
    files: new Map(),
    requests: [],
    fail: undefined,
    cutAfter: undefined,
    token: undefined,
  };
  const server = createServer((request, response) => answer(hub, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(hub, {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function answer(
  hub: Omit<TestHub, 'url' | 'close'>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url!, 'http://hub');
  hub.requests.push(`${pathname} ${request.headers.range ?? 'whole'}`);
  const refuse = (status: number, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: `status ${status}` }));
  };
  if (hub.fail !== undefined && pathname.includes(hub.fail.where)) return refuse(hub.fail.with);
  if (hub.token !== undefined && request.headers.authorization !== `Bearer ${hub.token}`) return refuse(401);

  const tree = /^\/api\/datasets\/owner\/name\/tree\/(main|v1\.0|refs%2Fconvert%2Fparquet)$/.exec(pathname);
  if (tree !== null) return list(hub, searchParams, request, response);
  const file = /^\/datasets\/owner\/name\/resolve\/(main|v1\.0|refs%2Fconvert%2Fparquet)\/(.+)$/.exec(
    pathname,
  );
  const found = hub.files.get(decodeURIComponent(file?.[2] ?? ''));
  if (found === undefined) return refuse(404, file === null ? {} : { 'X-Error-Code': 'EntryNotFound' });
  send(hub, found, request, response);
}

function list(
  { files }: Pick<TestHub, 'files'>,
  search: URLSearchParams,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const entries = Array.from(files, ([path, { content, large }]) => ({
    type: 'file',
    path,
    size: content.length,
    oid: gitHash(content),
    ...(large && {
      lfs: {
        oid: createHash('sha256').update(content).digest('hex'),
        size: content.length,
        pointerSize: 130,
      },
    }),
  }));
  const all = [{ type: 'directory', path: 'data', size: 0, oid: '' }, ...entries];
  const from = Number(search.get('cursor') ?? 0);
  const next = from + pageLength;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (next < all.length) {
    const address = new URL(request.url!, `http://${request.headers.host}`);
    address.searchParams.set('cursor', String(next));
    headers['link'] = `<${address.href}>; rel="next"`;
  }
  response.writeHead(200, headers);
  response.end(JSON.stringify(all.slice(from, next)));
}

function send(
  hub: Omit<TestHub, 'url' | 'close'>,
  { content, large }: { content: Uint8Array; large: boolean },
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const etag = large ? createHash('sha256').update(content).digest('hex') : gitHash(content);
  const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  const [from, to] = range === null ? [0, content.length] : [Number(range[1]), Number(range[2]) + 1];
  const part = content.subarray(from, to);
  response.writeHead(range === null ? 200 : 206, {
    etag: `"${etag}"`,
    'content-length': part.length,
    ...(range && { 'content-range': `bytes ${from}-${to - 1}/${content.length}` }),
  });
  if (hub.cutAfter === undefined || part.length <= hub.cutAfter) {
    response.end(part);
    return;
  }
  response.write(part.subarray(0, hub.cutAfter), () => setTimeout(() => response.destroy(), 50));
  hub.cutAfter = undefined;
}

function gitHash(content: Uint8Array): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}
