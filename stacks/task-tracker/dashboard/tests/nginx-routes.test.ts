import { expect, it } from "vitest";

import nginx from "../nginx/default.conf?raw";
import { NAVIGATION } from "../src/shell/navigation.ts";

const PAGES = /location ~ (\^\S+\$) \{\s+try_files \/index\.html/.exec(nginx)?.[1] ?? "";

it("serves the application under every address of the menu", () => {
  for (const { to } of NAVIGATION) expect(to).toMatch(new RegExp(PAGES));
  expect("/messages/0b8f0c1e-3c5e-4f0e-9a4e-6f1f5c1d2e3a").toMatch(new RegExp(PAGES));
});

it("does not answer for addresses that are nobody's page", () => {
  for (const path of ["/metrics", "/assets/gone.js", "/api/tasks", "/tasks/x/y", "/topic"]) {
    expect(path).not.toMatch(new RegExp(PAGES));
  }
});
