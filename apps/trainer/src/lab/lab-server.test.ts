import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveLab } from './lab-server.ts';
import type { LabServer } from './lab-server.ts';

let root = '';
let server: LabServer;
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'nibble-lab-'));
  mkdirSync(join(root, 'page', 'assets'), { recursive: true });
  writeFileSync(join(root, 'secret.txt'), 'not of the page');
  writeFileSync(join(root, 'page', 'index.html'), '<p>the page</p>');
  writeFileSync(join(root, 'page', 'assets', 'kernels-1a2b.wasm'), 'bytes');
  server = await serveLab({ folder: join(root, 'page'), port: 0, host: '127.0.0.1' });
});
afterAll(async () => {
  await server.close();
  rmSync(root, { recursive: true });
});

/** Asks for a path as it is: `fetch` would take the dots out of it. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((done, reject) => {
    const { hostname, port } = new URL(server.url);
    request({ hostname, port, path }, (response) => {
      response.resume();
      done(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('serveLab', () => {
  it('serves the page under a policy that keeps it to its own origin', async () => {
    const response = await fetch(server.url);
    expect(await response.text()).toBe('<p>the page</p>');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
    expect(response.headers.get('cache-control')).toBe('no-cache');
  });

  it('names the media type, and lets what has a hash in its name be kept', async () => {
    const response = await fetch(`${server.url}assets/kernels-1a2b.wasm`);
    expect(response.headers.get('content-type')).toBe('application/wasm');
    expect(response.headers.get('cache-control')).toContain('immutable');
  });

  it.each(['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets', '/gone.js', '/%'])(
    'finds nothing at %s',
    async (path) => {
      expect(await statusOf(path)).toBe(404);
    },
  );

  it('answers a HEAD without the body and refuses to be written to', async () => {
    const head = await fetch(server.url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([200, '15', '']);
    expect((await fetch(server.url, { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('says what to do where the port is taken, and where there is no page', async () => {
    const port = Number(new URL(server.url).port);
    await expect(serveLab({ folder: join(root, 'page'), port, host: '127.0.0.1' })).rejects.toThrow(
      /must be free, but is in use; choose another with --port/,
    );
    await expect(serveLab({ folder: root, port: 0, host: '127.0.0.1' })).rejects.toThrow(
      /has no index\.html; run npm run build/,
    );
  });
});
