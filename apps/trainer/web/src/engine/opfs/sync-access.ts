/** An open file of the origin's private file system: synchronous, and locked against being opened again. */
export interface SyncAccessHandle {
  /** Writes bytes at an offset and returns how many were written. */
  write(bytes: Uint8Array, options: { readonly at: number }): number;
  truncate(bytes: number): void;
  getSize(): number;
  /** Waits until the browser has handed everything to the disk. */
  flush(): void;
  close(): void;
}

// TypeScript's DOM has neither: the one is of workers only, the other not in the standard yet, but in all browsers.
declare global {
  interface FileSystemFileHandle {
    /** Opens the file; in workers only. Rejects with NoModificationAllowedError while it is open elsewhere. */
    createSyncAccessHandle(): Promise<SyncAccessHandle>;
    /** Gives the file another name in its folder, in place of a file that has it. */
    move(name: string): Promise<void>;
  }
}
