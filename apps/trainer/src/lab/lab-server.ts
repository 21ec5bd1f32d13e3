import { createReadStream, existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { contentType } from './content-type.ts';
import { headerPolicy } from './content-security-policy.ts';

/** A server that is listening. */
export interface LabServer {
  /** Where the page is. */
  readonly url: string;
  /** Ends it, and the connections that browsers keep open. */
  close(): Promise<void>;
}

/** Options of {@link serveLab}. */
export interface LabServerOptions {
  /** Folder of the built page. */
  readonly folder: string;
  /** Port to listen on; 0 is any that is free. */
  readonly port: number;
  /** Address to listen on. */
  readonly host: string;
}

const headers: Readonly<Record<string, string>> = {
  'Content-Security-Policy': headerPolicy,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Serves the files of the built page, and nothing else, to browsers.
 *
 * @throws Error when there is no page in the folder, or the address cannot be listened on
 */
export async function serveLab({ folder, port, host }: LabServerOptions): Promise<LabServer> {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Error(`serveLab: ${folder} must hold the built page, but has no index.html; run npm run build`);
  }
  const server = createServer((request, response) => {
    answer(resolve(folder), request, response).catch(() => {
      // The browser has gone, or the file while it was read: nobody is left to tell.
      response.destroy();
    });
  });
  await listen(server, port, host);
  const { address, port: actual, family } = server.address() as AddressInfo;
  const name = address === '127.0.0.1' ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return {
    url: `http://${name}:${actual}/`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((done, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`serveLab: port ${port} must be free, but is in use; choose another with --port`)
          : new Error(`serveLab: cannot listen on ${host}, port ${port}: ${error.message}`, { cause: error }),
      );
    });
    server.listen(port, host, () => done());
  });
}

async function answer(folder: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.writeHead(405, { Allow: 'GET, HEAD' }).end();
    return;
  }
  const file = fileOf(folder, request.url ?? '/');
  const found = file === undefined ? undefined : await stat(file).catch(() => undefined);
  if (file === undefined || found?.isFile() !== true) {
    response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' }).end('not found');
    return;
  }
  // Names of files in assets/ hold a hash of what is in them.
  const isHashed = file.startsWith(join(folder, 'assets') + sep);
  response.writeHead(200, {
    'Content-Type': contentType(file),
    'Content-Length': found.size,
    'Cache-Control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response);
}

/** The file that an address means; undefined when it is none of the folder. */
function fileOf(folder: string, url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    const file = resolve(folder, `.${path.endsWith('/') ? `${path}index.html` : path}`);
    return file.startsWith(folder + sep) && !path.includes('\0') ? file : undefined;
  } catch {
    return undefined;
  }
}
