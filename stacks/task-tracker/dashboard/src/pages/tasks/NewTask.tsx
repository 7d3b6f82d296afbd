import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { keys } from "../../api/keys.ts";
import { useApi } from "../../app-context.ts";
import { Icon } from "../../ui/icons.tsx";

/** Adds a task that no message brought. */
export function NewTask() {
  const api = useApi();
  const queries = useQueryClient();
  const [title, setTitle] = useState("");
  const create = useMutation({
    mutationFn: (wanted: string) => api.createTask(wanted),
    onSuccess: () => {
      setTitle("");
      return queries.invalidateQueries({ queryKey: keys.allTasks });
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const wanted = title.trim();
    if (wanted !== "" && !create.isPending) create.mutate(wanted);
  };
  return (
    <form className="new-task" onSubmit={submit}>
      <input
        className="input"
        aria-label="Title of a new task"
        placeholder="Add a task…"
        maxLength={200}
        autoComplete="off"
        value={title}
        onChange={(event) => setTitle(event.target.value)}
      />
      <button type="submit" className="button" disabled={create.isPending}>
        <Icon name="plus" size={16} /> Add
      </button>
      {create.error && (
        <p className="field-error" role="alert">
          Not added: {create.error.message}
        </p>
      )}
    </form>
  );
}
