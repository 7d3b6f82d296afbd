import { useMutation, useQueryClient } from "@tanstack/react-query";

import { keys } from "../../api/keys.ts";
import type { TaskPage } from "../../api/types.ts";
import { useApi } from "../../app-context.ts";
import { afterMove, COLUMNS, type Move } from "./board.ts";

/** Moves a task at once on the screen; puts it back when the server refuses. */
export function useMoveTask() {
  const api = useApi();
  const queries = useQueryClient();
  return useMutation({
    // One after the other: a slow first move must not arrive after the second.
    scope: { id: "move-task" },
    mutationFn: ({ task, to }: Move) => api.moveTask(task.id, to),
    onMutate: async (move) => {
      await queries.cancelQueries({ queryKey: keys.allTasks });
      const before = queries.getQueriesData<TaskPage>({ queryKey: keys.allTasks });
      for (const { status } of COLUMNS) {
        queries.setQueriesData<TaskPage>(
          { queryKey: [...keys.allTasks, status] },
          (page) => page && afterMove(page, status, move),
        );
      }
      return { before };
    },
    onError: (_error, _move, context) => {
      context?.before.forEach(([key, page]) => queries.setQueryData(key, page));
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.allTasks }),
  });
}
