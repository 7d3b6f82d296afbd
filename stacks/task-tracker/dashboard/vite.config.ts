import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The running stack that `npm run dev` talks to. */
const stack = process.env.TASK_TRACKER_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    sourcemap: false,
    // Fonts stay files: the content security policy allows no data: fonts.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      "/api": stack,
      "/ws": { target: stack, ws: true },
    },
  },
  test: {
    environment: "jsdom",
    include: ["tests/**/*.test.{ts,tsx}"],
    setupFiles: ["tests/setup.ts"],
    testTimeout: 30_000,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
