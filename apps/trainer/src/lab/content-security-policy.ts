/**
 * What the lab's page may do: load from its own origin and nowhere else. WebAssembly is compiled, so scripts have
 * `wasm-unsafe-eval`, which allows no other evaluation.
 */
const directives: readonly string[] = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
];

/** The policy as the page itself states it, for servers that send no header of their own. */
export const metaPolicy: string = directives.join('; ');

/** The policy as the lab's server sends it. Browsers heed `frame-ancestors` in a header only. */
export const headerPolicy: string = [...directives, "frame-ancestors 'none'"].join('; ');
