/** The page's nonce: style sheets that are written as the page runs need it (see api/ui.py). */

/** "" where the page came from the development server, which asks for none. */
export const NONCE =
  globalThis.document?.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce ?? "";

declare global {
  // The name under which the libraries of the dialogs look for it.
  var __webpack_nonce__: string | undefined;
}
globalThis.__webpack_nonce__ = NONCE;
