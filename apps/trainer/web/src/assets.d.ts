/** A style sheet, which Vite takes out of the script. */
declare module '*.css';

/** The address of a file that Vite puts next to the page. */
declare module '*?url' {
  const url: string;
  export default url;
}

/** The text of a file, which becomes part of the script. */
declare module '*?raw' {
  const text: string;
  export default text;
}
