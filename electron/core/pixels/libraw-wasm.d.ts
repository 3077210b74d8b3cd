/** The package has types for its worker only, which is made for browsers; this is the module within. */
declare module 'libraw-wasm/dist/libraw.js';
