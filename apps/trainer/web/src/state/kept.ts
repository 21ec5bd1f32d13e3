/** Returns what the browser has kept under a key; undefined when there is nothing, or the page may keep nothing. */
export function readKept(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    // Where the visitor has blocked site data, the mere look at it throws.
    return undefined;
  }
}

/** Has the browser keep something under a key, over reloads, where it lets the page. */
export function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // As above, or it is full: then it lasts until the page is closed.
  }
}
