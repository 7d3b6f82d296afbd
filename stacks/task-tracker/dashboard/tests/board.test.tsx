import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Task, TaskStatus } from "../src/api/types.ts";
import { afterMove } from "../src/pages/tasks/board.ts";
import { Component as TasksPage } from "../src/pages/tasks/TasksPage.tsx";
import { task } from "./support/samples.ts";
import { show } from "./support/page.tsx";
import { serve } from "./support/server.ts";

describe("a move", () => {
  const page = { items: [task("a"), task("b")], total: 7 };

  it("takes the task out of its column", () => {
    const after = afterMove(page, "open", { task: task("a"), to: "done" });
    expect(after.items.map(({ id }) => id)).toEqual(["b"]);
    expect(after.total).toBe(6);
  });

  it("puts the task on top of the other column", () => {
    const after = afterMove(page, "done", { task: task("c"), to: "done" });
    expect(after.items.map(({ id, status }) => [id, status])[0]).toEqual(["c", "done"]);
    expect(after.total).toBe(8);
  });

  it("leaves other columns as they are", () => {
    expect(afterMove(page, "in_progress", { task: task("c"), to: "done" })).toEqual(page);
  });
});

describe("the board", () => {
  let stored: Task[];
  let broken: boolean;

  beforeEach(() => {
    stored = [task("a", { title: "Renew the certificate" }), task("b", { status: "done" })];
    broken = false;
    serve((url, { method = "GET", body }) => {
      if (method === "GET") return { json: column(url.searchParams.get("status")) };
      if (broken) return { status: 503, json: { error: { code: "unavailable", message: "away" } } };
      const { status } = JSON.parse(body as string) as { status: TaskStatus };
      stored = stored.map((each) => (url.pathname.endsWith(each.id) ? { ...each, status } : each));
      return { json: stored.find(({ id }) => url.pathname.endsWith(id)) };
    });
  });

  function column(status: string | null) {
    const items = stored.filter((each) => each.status === status);
    return { items, total: items.length };
  }

  const region = (name: string) => within(screen.getByRole("region", { name }));

  it("moves a task with the keyboard alone, says so, and keeps the focus on it", async () => {
    show(TasksPage);
    const start = await screen.findByRole("button", { name: /^Start: move “Renew/ });
    start.focus();
    await userEvent.keyboard("{Enter}");
    const moved = await region("In progress").findByText("Renew the certificate");
    expect(region("Open").queryByText("Renew the certificate")).toBeNull();
    expect(document.activeElement).toBe(moved.closest("li"));
    expect(screen.getByText("Moved “Renew the certificate” to In progress")).toBeTruthy();
    await waitFor(() => expect(stored[0]?.status).toBe("in_progress"));
  });

  it("sends a second move only when the first one is answered", async () => {
    const server = window.fetch.bind(window);
    const sent: string[] = [];
    const answers: (() => void)[] = [];
    vi.stubGlobal("fetch", async (address: string, options: RequestInit = {}) => {
      if (options.method === "PATCH") {
        sent.push(options.body as string);
        await new Promise<void>((answer) => answers.push(answer));
      }
      return server(address, options);
    });
    show(TasksPage);
    await userEvent.click(await screen.findByRole("button", { name: /^Start: move “Renew/ }));
    await userEvent.click(await screen.findByRole("button", { name: /^Finish: move “Renew/ }));
    await region("Done").findByText("Renew the certificate");
    expect(sent).toEqual(['{"status":"in_progress"}']);
    answers[0]?.();
    await waitFor(() => expect(sent).toEqual(['{"status":"in_progress"}', '{"status":"done"}']));
    answers[1]?.();
    await waitFor(() => expect(stored[0]?.status).toBe("done"));
  });

  it("puts the task back and says why when the server does not take the move", async () => {
    broken = true;
    show(TasksPage);
    await userEvent.click(await screen.findByRole("button", { name: /^Start: move “Renew/ }));
    expect((await screen.findByRole("alert")).textContent).toContain("Not moved");
    expect(await region("Open").findByText("Renew the certificate")).toBeTruthy();
  });
});
