/// <reference types="vite/client" />
declare module '@fontsource/*';

/** The names of the pages that this build has, such as `wall`. */
declare const __PAGES__: readonly string[];
