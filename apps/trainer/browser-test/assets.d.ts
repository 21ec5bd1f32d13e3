/** The address of a file that Vite puts next to the page. */
declare module '*.wasm?url' {
  const url: string;
  export default url;
}
