import { useMutation } from "@tanstack/react-query";
import { type SyntheticEvent, useState } from "react";

import { useApi, useApp } from "../../app-context.ts";
import { Icon } from "../../ui/icons.tsx";

/** Where messages written here come from; one of the API's ready-made sources. */
const SOURCE = "chat";

/** Write a message and watch it being classified in the feed below. */
export function Composer() {
  const api = useApi();
  const { feed } = useApp();
  const [content, setContent] = useState("");
  // Kept until the message is stored: sending again after an error must not store it twice.
  const [externalId, setExternalId] = useState(newExternalId);
  const post = useMutation({
    mutationFn: (text: string) =>
      api.createMessage({ source: SOURCE, external_id: externalId, author: "You", content: text }),
    onSuccess: (message) => {
      feed.add([message]);
      setExternalId(newExternalId());
      setContent("");
    },
  });
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    const text = content.trim();
    if (text !== "" && !post.isPending) post.mutate(text);
  };
  return (
    <form className="card composer" onSubmit={submit}>
      <label htmlFor="composer-text">Try it: write a message</label>
      <div className="composer-row">
        <input
          id="composer-text"
          className="input"
          value={content}
          maxLength={2000}
          autoComplete="off"
          placeholder="Checkout fails with error 500 since this morning"
          onChange={(event) => setContent(event.target.value)}
        />
        <button type="submit" className="button button-primary" disabled={post.isPending}>
          <Icon name="send" size={16} /> Send
        </button>
      </div>
      {post.error && (
        <p className="field-error" role="alert">
          Not sent: {post.error.message}. Your text is still here.
        </p>
      )}
    </form>
  );
}

/** Unique per message, so that a repeated request is recognised (randomUUID needs https). */
function newExternalId(): string {
  const noise = window.crypto.getRandomValues(new Uint32Array(2));
  return `web-${Date.now().toString(36)}-${Array.from(noise, (n) => n.toString(36)).join("")}`;
}
