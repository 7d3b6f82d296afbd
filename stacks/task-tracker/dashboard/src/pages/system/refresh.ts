/** How often the page's figures are fetched again, in milliseconds. */
export const REFRESH_MS = 5_000;
